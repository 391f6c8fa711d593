using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Renexus.Contracts;

namespace Renexus.Client.Offline;

/// <summary>
/// The file behind an <see cref="OfflineClient"/>: a line for each thing that happened, each with its checksum, on the disk before it counts.
/// A line that a kill or a power cut left unfinished is the last one, and is as if it had never been; damage anywhere else is not passed over.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int ChecksumLength = 8;

    /// <summary>With so many lines that say nothing any more the file is written anew.</summary>
    private const int CompactAfter = 1_000;

    private readonly string path;
    private readonly LinkedList<SyncOperationRequest> pending = new();
    private readonly Dictionary<string, LinkedListNode<SyncOperationRequest>> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UnresolvedOperation> unresolved = new(StringComparer.Ordinal);
    private FileStream file;
    private int lines;

    private Journal(string path, FileStream file) => (this.path, this.file) = (path, file);

    public string? Cursor { get; private set; }

    public DateTimeOffset? LastSyncedAt { get; private set; }

    public IReadOnlyCollection<SyncOperationRequest> Pending => pending;

    public IReadOnlyCollection<UnresolvedOperation> Unresolved => unresolved.Values;

    /// <exception cref="IOException">Another process has it open.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static Journal Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var journal = new Journal(path, OpenFile(path));
        try
        {
            journal.Read();
            if (journal.lines > CompactAfter && journal.lines > 2 * journal.Living().Count())
                journal.Compact();
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    public void Add(SyncOperationRequest operation) => Write(Line("op", writer =>
    {
        writer.WritePropertyName("op"u8);
        JsonSerializer.Serialize(writer, operation, ContractsJson.Lenient.SyncOperationRequest);
    }));

    public void Done(IEnumerable<string> ids) => Write([.. ids.SelectMany(id => Line("done", writer => writer.WriteString("id"u8, id)))]);

    public void Leave(SyncResult result) => Write(Line("left", writer =>
    {
        writer.WritePropertyName("result"u8);
        JsonSerializer.Serialize(writer, result, ContractsJson.Lenient.SyncResult);
    }));

    public void Forget(string id) => Write(Line("forget", writer => writer.WriteString("id"u8, id)));

    public void Synced(string cursor, DateTimeOffset at) => Write(Line("synced", writer =>
    {
        writer.WriteString("cursor"u8, cursor);
        writer.WriteString("at"u8, at);
    }));

    public void Dispose() => file.Dispose();

    private static FileStream OpenFile(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);

    private static byte[] Line(string kind, Action<Utf8JsonWriter> members)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, kind);
            members(writer);
            writer.WriteEndObject();
        }

        var text = json.ToArray();
        return [.. Encoding.ASCII.GetBytes(Checksum(text)), (byte)' ', .. text, (byte)'\n'];
    }

    private static string Checksum(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, ChecksumLength / 2));

    /// <summary>On the disk when it returns; then it counts.</summary>
    private void Write(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        var before = file.Length;
        try
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            // Half a line must not stand between what is there and what comes next.
            file.SetLength(before);
            throw;
        }

        foreach (var line in Split(bytes))
            Take(Parse(line)!.Value);
    }

    private void Read()
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var good = 0;
        foreach (var line in Split(bytes))
        {
            if (Parse(line) is not { } record)
                break;
            Take(record);
            good += line.Length;
        }

        if (good < bytes.Length && bytes.AsSpan(good).TrimEnd((byte)'\n').Contains((byte)'\n'))
            throw new InvalidDataException($"{path} is damaged after {good} bytes: nothing of it is thrown away; repair or move it.");
        file.SetLength(good);
        file.Position = good;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Split(byte[] bytes)
    {
        for (var start = 0; start < bytes.Length;)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', start);
            if (end < 0)
                yield break;
            yield return bytes.AsMemory(start..(end + 1));
            start = end + 1;
        }
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> line)
    {
        if (line.Length < ChecksumLength + 3)
            return null;
        var text = line.Span[(ChecksumLength + 1)..^1];
        if (!line.Span[..ChecksumLength].SequenceEqual(Encoding.ASCII.GetBytes(Checksum(text))))
            return null;
        return JsonElement.Parse(text);
    }

    private void Take(JsonElement record)
    {
        lines++;
        switch (record.GetProperty("kind").GetString())
        {
            case "op":
                var operation = record.GetProperty("op").Deserialize(ContractsJson.Lenient.SyncOperationRequest)!;
                if (!byId.ContainsKey(operation.Id!))
                    byId[operation.Id!] = pending.AddLast(operation);
                break;
            case "done":
                Remove(record.GetProperty("id").GetString()!);
                break;
            case "left":
                var result = record.GetProperty("result").Deserialize(ContractsJson.Lenient.SyncResult)!;
                if (Remove(result.Id) is { } refused)
                    unresolved[result.Id] = new UnresolvedOperation(refused, result);
                break;
            case "forget":
                unresolved.Remove(record.GetProperty("id").GetString()!);
                break;
            case "synced":
                Cursor = record.GetProperty("cursor").GetString();
                LastSyncedAt = record.GetProperty("at").GetDateTimeOffset();
                break;
        }
    }

    private SyncOperationRequest? Remove(string id)
    {
        if (!byId.Remove(id, out var node))
            return null;
        pending.Remove(node);
        return node.Value;
    }

    private IEnumerable<byte[]> Living()
    {
        byte[] Operation(SyncOperationRequest operation) => Line("op", writer =>
        {
            writer.WritePropertyName("op"u8);
            JsonSerializer.Serialize(writer, operation, ContractsJson.Lenient.SyncOperationRequest);
        });
        foreach (var (operation, result) in unresolved.Values)
        {
            yield return Operation(operation);
            yield return Line("left", writer =>
            {
                writer.WritePropertyName("result"u8);
                JsonSerializer.Serialize(writer, result, ContractsJson.Lenient.SyncResult);
            });
        }

        foreach (var operation in pending)
            yield return Operation(operation);
        if (Cursor is { } cursor)
        {
            yield return Line("synced", writer =>
            {
                writer.WriteString("cursor"u8, cursor);
                writer.WriteString("at"u8, LastSyncedAt!.Value);
            });
        }
    }

    /// <summary>Writes what still says something into a new file, which takes the old one's place whole.</summary>
    private void Compact()
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var target = OpenFile(fresh))
        {
            foreach (var line in Living())
                target.Write(line);
            target.Flush(flushToDisk: true);
        }

        file.Dispose();
        File.Move(fresh, path, overwrite: true);
        file = OpenFile(path);
        file.Position = file.Length;
    }
}
