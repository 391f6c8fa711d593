using Renexus.Contracts;
using Renexus.Engine.Text;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>
/// The stretches of a text while steps go through it, in chunks: a step costs what it changes, and not what the text is made of (a text in which 50 000 steps were taken in as many
/// places has 100 000 stretches).
/// </summary>
internal sealed class AuthoredText
{
    /// <summary>What one person writes in a row within so many revisions is one stretch, with the last of them: a text typed key by key stays short.</summary>
    private const int Block = 200;

    private const int MostInChunk = 512;

    // One at least, and none empty besides the only one.
    private readonly List<Chunk> chunks;

    public AuthoredText(IEnumerable<AuthoredSpan> spans)
    {
        chunks = [.. spans.Chunk(MostInChunk / 2).Select(some => new Chunk([.. some]))];
        if (chunks.Count == 0)
            chunks.Add(new Chunk([]));
    }

    public IEnumerable<AuthoredSpan> Spans => chunks.SelectMany(chunk => chunk.Spans);

    /// <summary>Takes a step that somebody made.</summary>
    public void Take(ChangeShape change, Guid? authorId, long n)
    {
        var at = 0;
        foreach (var (kept, deleted, inserted) in change.Stretches())
        {
            at += kept;
            if (deleted > 0)
                Delete(at, deleted);
            if (inserted > 0)
                Insert(at, new AuthoredSpan(inserted, authorId, n));
            Join(at);
            at += inserted;
            Join(at);
        }
    }

    private void Delete(int at, int length)
    {
        var (place, index) = Split(at);
        while (length > 0)
        {
            if (index == chunks[place].Spans.Count)
            {
                (place, index) = (place + 1, 0);
                continue;
            }
            var span = chunks[place].Spans[index];
            var gone = Math.Min(length, span.Length);
            length -= gone;
            if (gone < span.Length)
                chunks[place].Replace(index, span with { Length = span.Length - gone });
            else if (Remove(place, index))
                index = 0;
        }
        if (place < chunks.Count)
            Halve(place);
    }

    private void Insert(int at, AuthoredSpan span)
    {
        var (place, index) = Split(at);
        chunks[place].Insert(index, span);
        Halve(place);
    }

    private void Halve(int place)
    {
        if (chunks[place].Spans.Count > MostInChunk)
            chunks.Insert(place + 1, chunks[place].CutInHalf());
    }

    /// <summary>Makes one of the two stretches that meet at a place, where they are.</summary>
    private void Join(int at)
    {
        var (place, index, within) = Find(at);
        if (within > 0 || at == 0 || index == chunks[place].Spans.Count)
            return;
        var (before, last) = index > 0 ? (chunks[place], index - 1) : (chunks[place - 1], chunks[place - 1].Spans.Count - 1);
        var (one, next) = (before.Spans[last], chunks[place].Spans[index]);
        if (one.AuthorId != next.AuthorId || one.N / Block != next.N / Block)
            return;
        before.Replace(last, one with { Length = one.Length + next.Length, N = Math.Max(one.N, next.N) });
        Remove(place, index);
    }

    /// <summary>Sees to it that a stretch begins at a place, or that all of them end there; tells where that is.</summary>
    private (int Place, int Index) Split(int at)
    {
        var (place, index, within) = Find(at);
        if (within == 0)
            return (place, index);
        var (chunk, span) = (chunks[place], chunks[place].Spans[index]);
        chunk.Replace(index, span with { Length = within });
        chunk.Insert(index + 1, span with { Length = span.Length - within });
        return (place, index + 1);
    }

    private (int Place, int Index, int Within) Find(int at)
    {
        var (place, index) = (0, 0);
        for (; place < chunks.Count - 1 && at >= chunks[place].Length; place++)
            at -= chunks[place].Length;
        var spans = chunks[place].Spans;
        for (; index < spans.Count && at >= spans[index].Length; index++)
            at -= spans[index].Length;
        return (place, index, at);
    }

    /// <summary>Removes a stretch; whether its chunk went with it, so that the next one stands there now.</summary>
    private bool Remove(int place, int index)
    {
        chunks[place].Remove(index);
        if (chunks[place].Spans.Count > 0 || chunks.Count == 1)
            return false;
        chunks.RemoveAt(place);
        return true;
    }

    private sealed class Chunk(List<AuthoredSpan> spans)
    {
        public List<AuthoredSpan> Spans => spans;

        public int Length { get; private set; } = spans.Sum(span => span.Length);

        public void Insert(int index, AuthoredSpan span)
        {
            spans.Insert(index, span);
            Length += span.Length;
        }

        public void Replace(int index, AuthoredSpan span)
        {
            Length += span.Length - spans[index].Length;
            spans[index] = span;
        }

        public void Remove(int index)
        {
            Length -= spans[index].Length;
            spans.RemoveAt(index);
        }

        /// <summary>The second half of it, which is no longer here.</summary>
        public Chunk CutInHalf()
        {
            var half = spans.Count / 2;
            var second = new Chunk(spans.GetRange(half, spans.Count - half));
            spans.RemoveRange(half, spans.Count - half);
            Length -= second.Length;
            return second;
        }
    }
}
