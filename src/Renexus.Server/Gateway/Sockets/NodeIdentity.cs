using System.Text;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// Who this node is, kept in its data directory: a process that was killed is the same node when it starts again, so the
/// connections it left behind are free at once (PROTOCOL, Limits). Processes that share the directory, as a web server and a worker of
/// one machine may, are different nodes: each holds the file of its identity as long as it lives.
/// </summary>
internal sealed class NodeIdentity : IDisposable
{
    private const int MostProcesses = 100;

    private readonly FileStream held;

    public NodeIdentity(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        held = Hold(dataDirectory);
        Id = Read() ?? Begin();
    }

    public Guid Id { get; }

    public void Dispose() => held.Dispose();

    private static FileStream Hold(string dataDirectory)
    {
        for (var process = 1; ; process++)
        {
            var path = Path.Combine(dataDirectory, process == 1 ? "node.id" : $"node-{process}.id");
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (process < MostProcesses && File.Exists(path))
            {
                // Another process is that node.
            }
        }
    }

    private Guid? Read()
    {
        var text = new byte[64];
        var length = held.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        return Guid.TryParse(Encoding.ASCII.GetString(text, 0, length), out var known) ? known : null;
    }

    private Guid Begin()
    {
        var fresh = Guid.NewGuid();
        held.SetLength(0);
        held.Write(Encoding.ASCII.GetBytes(fresh.ToString()));
        held.Flush(flushToDisk: true);
        return fresh;
    }
}
