using System.Text;

namespace Renexus.Engine.Text;

/// <summary>
/// A change of a text, in CodeMirror's form and by CodeMirror's rules (docs/spec/documents.md): sections from the text's start to its end, each kept,
/// deleted or replaced. Counted in UTF-16 units; a line break is always one unit, <c>\n</c>. It never changes.
/// </summary>
public sealed class ChangeSet
{
    private readonly Section[] sections;

    internal ChangeSet(Section[] sections)
    {
        this.sections = sections;
        Shape = new ChangeShape(ChangeAlgebra.IsNothing(sections) ? sections : Array.ConvertAll(sections, static section => section with { Text = null }));
    }

    /// <summary>The same without its texts.</summary>
    public ChangeShape Shape { get; }

    /// <inheritdoc cref="ChangeShape.Length"/>
    public int Length => Shape.Length;

    /// <inheritdoc cref="ChangeShape.NewLength"/>
    public int NewLength => Shape.NewLength;

    /// <summary>Whether it changes nothing.</summary>
    public bool IsNothing => ChangeAlgebra.IsNothing(sections);

    internal ReadOnlySpan<Section> Sections => sections;

    /// <summary>The change that leaves a text of a length as it is.</summary>
    public static ChangeSet Nothing(int length) => new(length == 0 ? [] : [new Section(length, Section.Kept, null)]);

    /// <summary>Replaces a stretch of a text of a length.</summary>
    /// <param name="length">Of the text.</param>
    /// <param name="from">Where the stretch begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="text">What takes its place, with <c>\n</c> between lines.</param>
    public static ChangeSet Replace(int length, int from, int to, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, to);
        var builder = new SectionBuilder();
        builder.Add(from, Section.Kept);
        builder.Add(to - from, text.Length, text);
        builder.Add(length - to, Section.Kept);
        return new ChangeSet(builder.ToArray());
    }

    /// <summary>What makes one text of another and leaves alone what they have in common (TX9).</summary>
    public static ChangeSet Between(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var difference = Difference.Between(from, to);
        // Two texts can differ in more places than a change may have parts.
        return difference.Length <= ChangeSetJson.MostParts ? new ChangeSet(difference) : Replace(from.Length, 0, from.Length, to);
    }

    /// <summary>This and then <paramref name="next"/>, as one (TX3).</summary>
    /// <exception cref="ArgumentException"><paramref name="next"/> is of a text of another length.</exception>
    public ChangeSet Compose(ChangeSet next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new ChangeSet(ChangeAlgebra.Compose(sections, next.sections));
    }

    /// <summary>This as it is after <paramref name="other"/>, which was made of the same text (TX4).</summary>
    /// <param name="other">What has happened first.</param>
    /// <param name="isBefore">Whether what this puts in comes first where both put something in at one place.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is of a text of another length.</exception>
    public ChangeSet MapOver(ChangeShape other, bool isBefore = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ChangeSet(ChangeAlgebra.Map(sections, other.Sections, isBefore));
    }

    /// <summary>The change that takes this one back (TX5).</summary>
    /// <param name="text">The text before this change.</param>
    public ChangeSet Invert(Rope text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var inverse = new Section[sections.Length];
        var at = 0;
        for (var i = 0; i < sections.Length; i++)
        {
            var section = sections[i];
            inverse[i] = section.IsKept ? section : new Section(section.Inserted, section.Length, section.Length == 0 ? null : text.Slice(at, section.Length).ToString());
            at += section.Length;
        }
        return new ChangeSet(inverse);
    }

    /// <summary>Whether it cuts a character in two that a text writes with a pair of surrogates (TX2).</summary>
    /// <param name="text">The text before this change.</param>
    public bool CutsPair(Rope text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = 0;
        foreach (var section in sections)
        {
            if (!section.IsKept && (text.IsWithinPair(at) || text.IsWithinPair(at + section.Length)))
                return true;
            at += section.Length;
        }
        return false;
    }

    /// <summary>As CodeMirror's JSON.</summary>
    public override string ToString() => Encoding.UTF8.GetString(ChangeSetJson.Write(this));
}
