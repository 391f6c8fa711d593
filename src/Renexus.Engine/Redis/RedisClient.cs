using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Renexus.Engine.Redis;

/// <summary>
/// One RESP3 connection that all callers share: commands are written together and answered in order, so that many in flight cost little more than one.
/// It connects by itself and comes back by itself. While Redis is away a command fails at once, so that the caller can do without; a command that was under way when
/// the connection broke fails too and is never repeated here, since nobody knows whether it ran. Use it asynchronously only.
/// </summary>
/// <remarks>StackExchange.Redis 2.8 or later would replace it; the package feed has none that restores.</remarks>
public sealed partial class RedisClient : IAsyncDisposable
{
    private const int MaxInFlight = 100_000;
    private const int SpareBytes = 1024 * 1024;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastDelay = TimeSpan.FromSeconds(2);

    private readonly RedisAddress address;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Lock access = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim written = new(0);
    private readonly Queue<TaskCompletionSource<RedisReply>> inFlight = new();
    private readonly Task life;
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ArrayBufferWriter<byte> filling = new();
    private ArrayBufferWriter<byte> sending = new();
    private bool isWriterCalled;
    private bool isDown;

    /// <summary>Begins to connect; commands fail until it has (<see cref="IsConnected"/>).</summary>
    /// <param name="address">Where Redis is.</param>
    /// <param name="clock">Paces reconnecting.</param>
    /// <param name="logger">Hears of outages, once each.</param>
    public RedisClient(RedisAddress address, TimeProvider clock, ILogger logger)
    {
        (this.address, this.clock, this.logger) = (address, clock, logger);
        life = Task.Run(LiveAsync, CancellationToken.None);
    }

    /// <summary>Whether commands go out at the moment.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Why it is not connected, in a sentence without secrets; null while it is.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Waits until it has connected for the first time; false when that takes longer.</summary>
    public async Task<bool> ConnectedAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await connected.Task.WaitAsync(patience, clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Sends a command; the task ends with its reply.</summary>
    /// <exception cref="RedisException">Redis refused it.</exception>
    /// <exception cref="RedisUnavailableException">Redis is away, or went away meanwhile.</exception>
    public Task<RedisReply> SendAsync(params ReadOnlySpan<RedisArg> command)
    {
        var reply = new TaskCompletionSource<RedisReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (access)
        {
            if (!IsConnected)
                return Task.FromException<RedisReply>(new RedisUnavailableException("Redis is not connected."));
            if (inFlight.Count >= MaxInFlight)
                return Task.FromException<RedisReply>(new RedisUnavailableException("Too many commands wait for Redis."));
            inFlight.Enqueue(reply);
            RedisArg.Write(filling, command);
            CallWriter();
        }
        return reply.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await life;
        stopping.Dispose();
        written.Dispose();
    }

    private async Task LiveAsync()
    {
        var delay = FirstDelay;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var stream = await ConnectAsync();
                delay = FirstDelay;
                await ServeAsync(stream);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidDataException or RedisException or System.Security.Authentication.AuthenticationException)
            {
                GoDown(e);
            }
            try
            {
                await Task.Delay(delay * (1 + Random.Shared.NextDouble()), clock, stopping.Token);
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
            delay = delay * 2 < LastDelay ? delay * 2 : LastDelay;
        }
        GoDown(new ObjectDisposedException(nameof(RedisClient)));
    }

    private async Task<Stream> ConnectAsync()
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, either.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (address.IsTls)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, either.Token);
            }
            await GreetAsync(stream, either.Token);
            return stream;
        }
        catch
        {
            socket.Dispose();
            if (stream is not null)
                await stream.DisposeAsync();
            throw;
        }
    }

    private async Task GreetAsync(Stream stream, CancellationToken cancellationToken)
    {
        var greeting = new ArrayBufferWriter<byte>();
        if (address.Password is { } password)
            RedisArg.Write(greeting, ["HELLO", "3", "AUTH", address.User ?? "default", password]);
        else
            RedisArg.Write(greeting, ["HELLO", "3"]);
        RedisArg.Write(greeting, ["SELECT", address.Database]);
        await stream.WriteAsync(greeting.WrittenMemory, cancellationToken);

        // Nothing else is under way yet, so what is read ahead is these two replies alone.
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        for (var replies = 0; replies < 2;)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var consumed = Take(read.Buffer, reply =>
            {
                replies++;
                if (reply.Kind == RedisKind.Error)
                    throw new RedisException(reply.Text!);
            });
            reader.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted && replies < 2)
                throw new EndOfStreamException("Redis closed the connection.");
        }
        await reader.CompleteAsync();
    }

    private async Task ServeAsync(Stream stream)
    {
        lock (access)
        {
            // Both: what the last connection could not send any more must not go out on this one.
            filling.ResetWrittenCount();
            sending.ResetWrittenCount();
            isWriterCalled = false;
            IsConnected = true;
        }
        LastFailure = null;
        connected.TrySetResult();
        if (isDown)
            Back(logger, address);
        isDown = false;

        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        Task[] parts = [WriteAsync(stream, done.Token), ReadAsync(stream, done.Token), PingAsync(done.Token)];
        // Whichever fails first takes the others with it.
        var first = await Task.WhenAny(parts);
        await done.CancelAsync();
        await Task.WhenAll(parts).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await first;
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            await written.WaitAsync(cancellationToken);
            lock (access)
            {
                (filling, sending) = (sending, filling);
                isWriterCalled = false;
            }
            await stream.WriteAsync(sending.WrittenMemory, cancellationToken);
            if (sending.Capacity > SpareBytes)
                sending = new();
            else
                sending.ResetWrittenCount();
        }
    }

    private async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            reader.AdvanceTo(Take(read.Buffer, Hand), read.Buffer.End);
            if (read.IsCompleted)
                throw new EndOfStreamException("Redis closed the connection.");
        }
    }

    // A server that does not answer is as good as gone.
    private async Task PingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(PingEvery, clock, cancellationToken);
            try
            {
                await SendAsync("PING").WaitAsync(PingTimeout, clock, cancellationToken);
            }
            catch (TimeoutException e)
            {
                throw new RedisUnavailableException("Redis does not answer.", e);
            }
        }
    }

    private void Hand(RedisReply reply)
    {
        if (reply.Kind == RedisKind.Push)
            return;
        TaskCompletionSource<RedisReply>? waiting;
        lock (access)
        {
            if (!inFlight.TryDequeue(out waiting))
                throw new InvalidDataException("RESP: a reply that nobody asked for.");
        }
        if (reply.Kind == RedisKind.Error)
            waiting.SetException(new RedisException(reply.Text!));
        else
            waiting.SetResult(reply);
    }

    private void GoDown(Exception reason)
    {
        TaskCompletionSource<RedisReply>[] lost;
        lock (access)
        {
            IsConnected = false;
            LastFailure = reason.Message;
            lost = [.. inFlight];
            inFlight.Clear();
        }
        foreach (var waiting in lost)
            waiting.SetException(new RedisUnavailableException("The connection to Redis was lost; the command may or may not have been carried out.", reason));
        if (!isDown && !stopping.IsCancellationRequested)
            Lost(logger, address, reason.Message);
        isDown = true;
    }

    private void CallWriter()
    {
        if (isWriterCalled)
            return;
        isWriterCalled = true;
        written.Release();
    }

    private static SequencePosition Take(ReadOnlySequence<byte> buffer, Action<RedisReply> hand)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (RespReader.TryRead(ref reader, out var reply))
            hand(reply);
        return reader.Position;
    }

    [LoggerMessage(1471, LogLevel.Warning, "Redis at {Address} is not there: {Reason}")]
    private static partial void Lost(ILogger logger, RedisAddress address, string reason);

    [LoggerMessage(1472, LogLevel.Information, "Redis at {Address} is back")]
    private static partial void Back(ILogger logger, RedisAddress address);
}
