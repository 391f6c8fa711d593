using System.Text;
using System.Threading.Channels;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Testing;
using Xunit;

namespace Renexus.Engine.Tests.Realtime.Sockets;

/// <summary>A running connection with a hand-made client at the other end.</summary>
internal sealed class SocketTest : IAsyncDisposable
{
    /// <summary>Only ends a test that would hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public SocketTest(SocketOptions? options = null, bool deflate = false, int capacity = 64 * 1024, bool run = true)
    {
        Options = options ?? new SocketOptions();
        Duplex = new MemoryDuplex(capacity);
        Connection = new SocketConnection(new StreamPipes(Duplex.Server), Duplex.Server.Dispose, Options, Clock, deflate);
        Client = new RawSocket(Duplex.Client);
        if (run)
            Run();
    }

    public SocketOptions Options { get; }

    public FakeTime Clock { get; } = new();

    public MemoryDuplex Duplex { get; }

    public SocketConnection Connection { get; }

    public RawSocket Client { get; }

    public Recorder Handler { get; } = new();

    public Task Running { get; private set; } = Task.CompletedTask;

    public void Run(CancellationToken cancellationToken = default) => Running = Connection.RunAsync(Handler, cancellationToken);

    public static OutboundMessage Message(string json, bool ephemeral = false) => new(Encoding.UTF8.GetBytes(json), ephemeral);

    public void Send(string json, bool ephemeral = false) => Assert.True(Connection.TrySend(Message(json, ephemeral)));

    public static async Task<T> Soon<T>(Task<T> task) => await task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static async Task Soon(Task task) => await task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public async Task<string> NextTextAsync() => await Soon(Handler.Texts.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());

    public async Task<RawFrame> NextFrameAsync() =>
        await Soon(Client.ReadFrameAsync(TestContext.Current.CancellationToken)) ?? throw new EndOfStreamException("The server has ended the connection.");

    /// <summary>The next frame is a close with this code; then the client leaves and the connection ends with the same code.</summary>
    public async Task ExpectCloseAsync(CloseCode code)
    {
        var frame = await NextFrameAsync();
        Assert.Equal(RawSocket.CloseFrame, frame.Opcode);
        Assert.Equal((int)code, frame.CloseCode);
        await Client.DisposeAsync();
        await Soon(Running);
        Assert.Equal(code, await Soon(Handler.Closed.Task));
    }

    /// <summary>The socket still carries messages both ways.</summary>
    public async Task ExpectAliveAsync()
    {
        await Client.SendTextAsync("\"alive?\"");
        Assert.Equal("\"alive?\"", await NextTextAsync());
        Send("\"alive\"");
        Assert.Equal("\"alive\"", (await NextFrameAsync()).Text);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Soon(Running);
    }
}

/// <summary>Writes down what a connection tells.</summary>
internal sealed class Recorder : ISocketHandler
{
    public Channel<string> Texts { get; } = Channel.CreateUnbounded<string>();

    public Channel<string> Oversize { get; } = Channel.CreateUnbounded<string>();

    public TaskCompletionSource<CloseCode> Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Overflows { get; private set; }

    /// <summary>What to do with a text beside writing it down.</summary>
    public Func<string, ValueTask> OnText { get; set; } = _ => ValueTask.CompletedTask;

    public Action OnClose { get; set; } = () => { };

    public async ValueTask OnTextAsync(ReadOnlyMemory<byte> json)
    {
        var text = Encoding.UTF8.GetString(json.Span);
        Texts.Writer.TryWrite(text);
        await OnText(text);
    }

    public ValueTask OnOversizeAsync(ReadOnlyMemory<byte> head)
    {
        Oversize.Writer.TryWrite(Encoding.UTF8.GetString(head.Span));
        return ValueTask.CompletedTask;
    }

    public void OnOverflow() => Overflows++;

    public void OnClosed(CloseCode code)
    {
        OnClose();
        Closed.SetResult(code);
    }
}
