namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// Who this node is, kept in its data directory: a process that was killed is the same node when it starts again, so the
/// connections it left behind are free at once (PROTOCOL, Limits).
/// </summary>
internal static class NodeIdentity
{
    public static Guid Of(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "node.id");
        if (File.Exists(path) && Guid.TryParse(File.ReadAllText(path), out var known))
            return known;
        Directory.CreateDirectory(dataDirectory);
        var fresh = Guid.NewGuid();
        File.WriteAllText(path, fresh.ToString());
        return fresh;
    }
}
