using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Renexus.Engine.Text;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>Steps of a text as JSON: as a client pushes them, as the history keeps them, and as everybody on the channel hears of them.</summary>
internal static class UpdateJson
{
    /// <summary>What the server does itself, when somebody sets a whole text, goes under a <c>clientID</c> that begins so.</summary>
    public const string ServerPrefix = "server:";

    private const int LongestClientId = 100;

    /// <summary>Most steps of one push.</summary>
    private const int MostUpdates = 1_000;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Reads what a client pushed.</summary>
    /// <exception cref="BadChangeException">Something in it is not right.</exception>
    public static List<DocumentUpdate> ReadPushed(ReadOnlySpan<byte> json)
    {
        var updates = new List<DocumentUpdate>();
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            throw new BadChangeException("The updates are not an array.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (updates.Count == MostUpdates)
                throw new BadChangeException($"A push has at most {MostUpdates} updates; send the rest in the next one.");
            updates.Add(Read(ref reader, updates.Count, ChangeSetJson.MostParts));
            if (updates[^1].ClientId.StartsWith(ServerPrefix, StringComparison.Ordinal))
                throw new BadChangeException($"Update {updates.Count - 1} has a clientID that begins with {ServerPrefix}, which is the server's own.");
        }
        return updates.Count > 0 ? updates : throw new BadChangeException("There are no updates in the push.");
    }

    /// <summary>Reads what the history keeps.</summary>
    public static IEnumerable<DocumentUpdate> ReadStored(string json)
    {
        var updates = new List<DocumentUpdate>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            updates.Add(Read(ref reader, updates.Count, int.MaxValue));
        return updates;
    }

    /// <summary>For the history.</summary>
    public static string Write(IReadOnlyCollection<DocumentUpdate> updates) => Encoding.UTF8.GetString(Write(writer => WriteUpdates(writer, updates, actor: null)));

    /// <summary>For the channel: one step, the document's version before it, and who did it.</summary>
    public static byte[] Announce(long from, DocumentUpdate update, Guid? actor) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("from"u8, from);
        writer.WritePropertyName("updates"u8);
        WriteUpdates(writer, [update], actor);
        writer.WriteEndObject();
    });

    /// <summary>The document's version after what <see cref="Announce"/> told of.</summary>
    public static long DocumentAfter(string announced)
    {
        using var data = JsonDocument.Parse(announced);
        return data.RootElement.GetProperty("from").GetInt64() + data.RootElement.GetProperty("updates").GetArrayLength();
    }

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
            content(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteUpdates(Utf8JsonWriter writer, IReadOnlyCollection<DocumentUpdate> updates, Guid? actor)
    {
        writer.WriteStartArray();
        foreach (var update in updates)
        {
            writer.WriteStartObject();
            writer.WriteString("clientID"u8, update.ClientId);
            writer.WritePropertyName("changes"u8);
            ChangeSetJson.Write(writer, update.Changes);
            if (actor is { } person)
                writer.WriteString("actor"u8, person);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static DocumentUpdate Read(ref Utf8JsonReader reader, int index, int mostParts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new BadChangeException($"Update {index} is no object.");
        string? clientId = null;
        ChangeSet? changes = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("clientID"u8) && clientId is null)
            {
                reader.Read();
                clientId = ClientIdOf(ref reader, index);
            }
            else if (reader.ValueTextEquals("changes"u8) && changes is null)
            {
                reader.Read();
                changes = ChangeSetJson.Read(ref reader, mostParts);
            }
            else
            {
                throw new BadChangeException($"Update {index} has a member that is not known here, or one twice; an update is its clientID and its changes.");
            }
        }
        return new DocumentUpdate(
            clientId ?? throw new BadChangeException($"Update {index} has no clientID."),
            changes ?? throw new BadChangeException($"Update {index} has no changes."));
    }

    private static string ClientIdOf(ref Utf8JsonReader reader, int index)
    {
        var id = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestClientId * 6 ? Text(ref reader) : null;
        return id is { Length: > 0 and <= LongestClientId } && !id.Contains('\0', StringComparison.Ordinal)
            ? id
            : throw new BadChangeException($"Update {index} needs a clientID of at most {LongestClientId} characters.");
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }
}
