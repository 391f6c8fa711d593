using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Renexus.Load.Sockets;

/// <summary>The few calls of Linux that the generator makes itself, so that its own cost stays small beside the server's.</summary>
internal static partial class Native
{
    public const int SigTerm = 15;

    private const uint EpollIn = 1;
    private const uint EpollOut = 4;
    private const int EpollAdd = 1;
    private const int EpollModify = 3;
    private const int EAgain = 11;
    private const int EInterrupted = 4;
    private const int MsgDontWait = 0x40;
    private const int MsgNoSignal = 0x4000;

    // struct epoll_event is packed on x86-64 alone.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    public static int CreateEpoll() => Check(epoll_create1(0), nameof(epoll_create1));

    /// <summary>Watches a socket; <paramref name="tag"/> comes back with its events.</summary>
    public static void Watch(int epoll, int socket, int tag, bool forWriting, bool isNew)
    {
        Span<byte> entry = stackalloc byte[16];
        entry.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(entry, forWriting ? EpollIn | EpollOut : EpollIn);
        BinaryPrimitives.WriteInt32LittleEndian(entry[(EventSize - 8)..], tag);
        Check(epoll_ctl(epoll, isNew ? EpollAdd : EpollModify, socket, ref MemoryMarshal.GetReference(entry)), nameof(epoll_ctl));
    }

    /// <summary>Waits for events and fills <paramref name="tags"/> with whose they are.</summary>
    public static int Wait(int epoll, Span<(int Tag, bool Readable, bool Writable)> tags, TimeSpan timeout)
    {
        Span<byte> entries = stackalloc byte[tags.Length * EventSize];
        var time = new TimeSpec { Seconds = (long)timeout.TotalSeconds, Nanoseconds = (long)(timeout.TotalNanoseconds % 1_000_000_000) };
        var count = epoll_pwait2(epoll, ref MemoryMarshal.GetReference(entries), tags.Length, in time, 0);
        if (count < 0)
            return Marshal.GetLastPInvokeError() == EInterrupted ? 0 : Check(count, nameof(epoll_pwait2));

        for (var i = 0; i < count; i++)
        {
            var entry = entries.Slice(i * EventSize, EventSize);
            var events = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            // An error or a hang-up shows itself at the next read.
            tags[i] = (BinaryPrimitives.ReadInt32LittleEndian(entry[(EventSize - 8)..]), (events & ~EpollOut) != 0, (events & EpollOut) != 0);
        }

        return count;
    }

    /// <summary>Bytes received; 0 at the end, -1 when there is nothing now.</summary>
    public static int Receive(int socket, Span<byte> buffer) =>
        Transfer((int)recv(socket, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, MsgDontWait), nameof(recv));

    /// <summary>Bytes taken by the kernel; -1 when it takes none now.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> data) =>
        Transfer((int)send(socket, in MemoryMarshal.GetReference(data), (nuint)data.Length, MsgDontWait | MsgNoSignal), nameof(send));

    public static void Signal(int processId, int signal) => Check(kill(processId, signal), nameof(kill));

    private static int Transfer(int result, string call) =>
        result < 0 && Marshal.GetLastPInvokeError() is EAgain or EInterrupted ? -1 : Check(result, call);

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int socket, ref byte entry);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(int epoll, ref byte entries, int capacity, in TimeSpec timeout, nint signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, ref byte buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, in byte data, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
