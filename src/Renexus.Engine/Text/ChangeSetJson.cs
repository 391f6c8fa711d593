using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Renexus.Engine.Text;

/// <summary>
/// CodeMirror's JSON of a change: an array of parts, <c>n</c> keeps, <c>[n]</c> deletes and <c>[n,"line",…]</c> replaces so many units. What comes from
/// outside is checked (TX1): the editor's library trusts what it reads, so what is wrong here would be wrong in everybody's document.
/// </summary>
public static class ChangeSetJson
{
    /// <summary>Most parts of one change.</summary>
    public const int MostParts = 10_000;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly SearchValues<char> NotInLines = SearchValues.Create("\n\r\0");

    /// <summary>Reads the array that the reader stands before or at; leaves it at the array's end.</summary>
    /// <param name="mostParts">What has been rebased may have more than what comes in.</param>
    /// <exception cref="BadChangeException">It is no change.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ChangeSet Read(ref Utf8JsonReader reader, int mostParts = MostParts)
    {
        if (reader.TokenType == JsonTokenType.None)
            reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new BadChangeException("A change is an array of parts.");
        var sections = new List<Section>();
        var (length, newLength) = (0L, 0L);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (sections.Count == mostParts)
                throw new BadChangeException($"A change has at most {mostParts} parts; send it in several.");
            var section = ReadPart(ref reader, sections.Count);
            sections.Add(section);
            length += section.Length;
            newLength += section.NewLength;
        }
        return length <= int.MaxValue && newLength <= int.MaxValue
            ? new ChangeSet([.. sections])
            : throw new BadChangeException("The lengths of a change do not add up to a text that can be.");
    }

    /// <summary>Reads a change that stands alone.</summary>
    /// <exception cref="BadChangeException">It is no change.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ChangeSet Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var change = Read(ref reader);
        // Whatever else stands there is no JSON.
        reader.Read();
        return change;
    }

    /// <summary>Writes a change as an array.</summary>
    public static void Write(Utf8JsonWriter writer, ChangeSet change)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(change);
        writer.WriteStartArray();
        foreach (var section in change.Sections)
        {
            if (section.IsKept)
            {
                writer.WriteNumberValue(section.Length);
                continue;
            }
            writer.WriteStartArray();
            writer.WriteNumberValue(section.Length);
            if (section.Inserted > 0)
                WriteLines(writer, section.Text);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    /// <summary>A change as JSON in UTF-8.</summary>
    public static byte[] Write(ChangeSet change)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            Write(writer, change);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteLines(Utf8JsonWriter writer, ReadOnlySpan<char> text)
    {
        foreach (var line in text.Split('\n'))
            writer.WriteStringValue(text[line]);
    }

    private static Section ReadPart(ref Utf8JsonReader reader, int index)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return new Section(LengthOf(ref reader, index, least: 1), Section.Kept, null);
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.Number)
            throw new BadChangeException($"Part {index} of the change is neither a length nor an array that begins with one.");
        var length = LengthOf(ref reader, index, least: 0);
        var text = LinesOf(ref reader, index);
        return length == 0 && string.IsNullOrEmpty(text)
            ? throw new BadChangeException($"Part {index} of the change does nothing.")
            : new Section(length, text?.Length ?? 0, text);
    }

    private static int LengthOf(ref Utf8JsonReader reader, int index, int least) =>
        reader.TryGetInt32(out var length) && length >= least
            ? length
            : throw new BadChangeException($"Part {index} of the change has a length that is no whole number of at least {least}.");

    /// <summary>The rest of a part's array: lines, which line breaks join.</summary>
    private static string? LinesOf(ref Utf8JsonReader reader, int index)
    {
        string? only = null;
        System.Text.StringBuilder? several = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var line = LineOf(ref reader, index);
            if (only is null)
                only = line;
            else
                (several ??= new System.Text.StringBuilder(only)).Append('\n').Append(line);
        }
        return several?.ToString() ?? only;
    }

    private static string LineOf(ref Utf8JsonReader reader, int index)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new BadChangeException($"Part {index} of the change has a line that is no string.");
        string line;
        try
        {
            line = reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new BadChangeException($"Part {index} of the change has half of a surrogate pair.", e);
        }
        return line.AsSpan().ContainsAny(NotInLines)
            ? throw new BadChangeException($"Part {index} of the change has a line with a line break or U+0000 in it; each line is a string of its own.")
            : line;
    }
}
