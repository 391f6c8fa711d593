namespace Renexus.Engine.Text;

/// <summary>
/// A text in chunks of at most 4 KB, in a balanced tree: a change costs what it changes and not what the text holds (TX7). It never changes, so whoever
/// reads it needs no lock, and versions share what they have in common.
/// </summary>
public sealed class Rope
{
    private const int MostInChunk = 2048;

    /// <summary>No text.</summary>
    public static readonly Rope Empty = new("");

    // A leaf has a chunk, any other node both branches.
    private readonly string? chunk;
    private readonly Rope? left;
    private readonly Rope? right;
    private readonly int height;

    private Rope(string chunk)
    {
        this.chunk = chunk;
        (Length, Chunks) = (chunk.Length, 1);
    }

    private Rope(Rope left, Rope right)
    {
        (this.left, this.right) = (left, right);
        height = Math.Max(left.height, right.height) + 1;
        Length = left.Length + right.Length;
        Chunks = left.Chunks + right.Chunks;
    }

    /// <summary>In UTF-16 units.</summary>
    public int Length { get; }

    /// <summary>How many chunks it is in: what it costs besides its text.</summary>
    public int Chunks { get; }

    private Rope First => left is null ? this : left.First;

    private Rope Last => right is null ? this : right.Last;

    /// <summary>The unit at a place.</summary>
    public char this[int at]
    {
        get
        {
            var node = this;
            while (node.left is { } before)
            {
                if (at < before.Length)
                {
                    node = before;
                }
                else
                {
                    at -= before.Length;
                    node = node.right!;
                }
            }
            return node.chunk![at];
        }
    }

    /// <summary>A text as a rope.</summary>
    public static Rope Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? Empty : Of(text, 0, text.Length);
    }

    /// <summary>This and then another.</summary>
    public Rope Concat(Rope next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (Length == 0)
            return next;
        if (next.Length == 0)
            return this;
        var (last, first) = (Last, next.First);
        // Small neighbours become one, so that chunks stay few however a text was typed.
        if (last.Length + first.Length > MostInChunk)
            return Join(this, next);
        var seam = new Rope(string.Concat(last.chunk, first.chunk));
        return Join(Join(WithoutLast(), seam), next.WithoutFirst());
    }

    /// <summary>A stretch of it.</summary>
    public Rope Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
        if (length == 0)
            return Empty;
        if (length == Length)
            return this;
        if (chunk is not null)
            return new Rope(chunk.Substring(start, length));
        var middle = left!.Length;
        if (start + length <= middle)
            return left.Slice(start, length);
        if (start >= middle)
            return right!.Slice(start - middle, length);
        return left.Slice(start, middle - start).Concat(right!.Slice(0, start + length - middle));
    }

    /// <summary>The text after a change.</summary>
    /// <exception cref="ArgumentException">The change is of a text of another length.</exception>
    public Rope Apply(ChangeSet change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Length != Length)
            throw new ArgumentException($"It changes a text of {change.Length} units, and not of {Length}.", nameof(change));
        var (text, at) = (Empty, 0);
        foreach (var section in change.Sections)
        {
            if (section.IsKept)
                text = text.Concat(Slice(at, section.Length));
            else if (section.Inserted > 0)
                text = text.Concat(Of(section.Text!));
            at += section.Length;
        }
        return text;
    }

    /// <summary>Whether a place is between the two surrogates of a pair.</summary>
    public bool IsWithinPair(int at) => at > 0 && at < Length && char.IsLowSurrogate(this[at]) && char.IsHighSurrogate(this[at - 1]);

    /// <inheritdoc/>
    public override string ToString() => chunk ?? string.Create(Length, this, static (target, rope) => rope.CopyTo(target));

    private static Rope Of(string text, int start, int length)
    {
        if (length <= MostInChunk)
            return new Rope(text.Substring(start, length));
        var half = length / 2;
        return new Rope(Of(text, start, half), Of(text, start + half, length - half));
    }

    // An AVL tree whose texts are in its leaves: at every node the branches differ by one in height at most.
    private static Rope Join(Rope left, Rope right)
    {
        if (left.Length == 0)
            return right;
        if (right.Length == 0)
            return left;
        if (left.height > right.height + 1)
            return Balance(left.left!, Join(left.right!, right));
        if (right.height > left.height + 1)
            return Balance(Join(left, right.left!), right.right!);
        return new Rope(left, right);
    }

    private static Rope Balance(Rope left, Rope right)
    {
        if (left.height > right.height + 1)
        {
            return left.left!.height >= left.right!.height
                ? new Rope(left.left, new Rope(left.right, right))
                : new Rope(new Rope(left.left, left.right.left!), new Rope(left.right.right!, right));
        }
        if (right.height > left.height + 1)
        {
            return right.right!.height >= right.left!.height
                ? new Rope(new Rope(left, right.left), right.right)
                : new Rope(new Rope(left, right.left.left!), new Rope(right.left.right!, right.right));
        }
        return new Rope(left, right);
    }

    private Rope WithoutFirst() => left is null ? Empty : Join(left.WithoutFirst(), right!);

    private Rope WithoutLast() => left is null ? Empty : Join(left, right!.WithoutLast());

    private void CopyTo(Span<char> target)
    {
        if (chunk is not null)
        {
            chunk.CopyTo(target);
            return;
        }
        left!.CopyTo(target);
        right!.CopyTo(target[left.Length..]);
    }
}
