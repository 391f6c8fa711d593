namespace Renexus.Engine.Text;

/// <summary>A change without its texts: what was taken away and how much put in where. It moves positions and other changes as the change itself does, and costs less.</summary>
public sealed class ChangeShape
{
    private readonly Section[] sections;

    internal ChangeShape(Section[] sections)
    {
        this.sections = sections;
        Length = ChangeAlgebra.LengthOf(sections);
        NewLength = ChangeAlgebra.NewLengthOf(sections);
    }

    /// <summary>Units of the text that it changes.</summary>
    public int Length { get; }

    /// <summary>Units of the text that it makes.</summary>
    public int NewLength { get; }

    internal Section[] Sections => sections;

    /// <summary>This and then <paramref name="next"/>, as one.</summary>
    /// <exception cref="ArgumentException"><paramref name="next"/> is of a text of another length.</exception>
    public ChangeShape Compose(ChangeShape next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new ChangeShape(ChangeAlgebra.Compose(sections, next.sections));
    }

    /// <summary>This as it is after <paramref name="other"/>; see <see cref="ChangeSet.MapOver"/>.</summary>
    public ChangeShape MapOver(ChangeShape other, bool isBefore = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ChangeShape(ChangeAlgebra.Map(sections, other.sections, isBefore));
    }

    /// <summary>From start to end: so many units of the old text are kept, or so many deleted and so many put in their place.</summary>
    public IEnumerable<(int Kept, int Deleted, int Inserted)> Stretches() =>
        sections.Select(static section => section.IsKept ? (section.Length, 0, 0) : (0, section.Length, section.Inserted));

    /// <summary>Where a position of the old text is in the new one (TX6).</summary>
    /// <param name="side">On which side of what is put in at the position, or in place of what is around it.</param>
    public int MapPosition(int position, Side side)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Length);
        var (old, @new) = (0, 0);
        foreach (var section in sections)
        {
            var end = old + section.Length;
            if (section.IsKept)
            {
                if (end > position)
                    return @new + position - old;
            }
            else if (end > position || (end == position && side == Side.Before && section.Length == 0))
            {
                return position == old || side == Side.Before ? @new : @new + section.Inserted;
            }
            @new += section.NewLength;
            old = end;
        }
        return @new;
    }
}

/// <summary>Where a position stays when something is put in at it.</summary>
public enum Side
{
    /// <summary>Before it: the position keeps to what is on its left.</summary>
    Before = -1,

    /// <summary>After it: the position keeps to what is on its right.</summary>
    After = 1,
}
