namespace Renexus.Engine.Text;

/// <summary>Walks over the sections of a change, by units of the old text or of the new one.</summary>
internal ref struct SectionCursor
{
    private const int Over = -2;

    private readonly ReadOnlySpan<Section> sections;
    private Section section;

    public SectionCursor(ReadOnlySpan<Section> sections)
    {
        this.sections = sections;
        Next();
    }

    /// <summary>How many sections have been begun: tells the current one from the others.</summary>
    public int Index { get; private set; }

    /// <summary>Units of the old text that are left of the section.</summary>
    public int Length { get; private set; }

    /// <summary>Units of the new text that are left of it; <see cref="Section.Kept"/> where the old text stays.</summary>
    public int Inserted { get; private set; }

    /// <summary>Units of the section that have been passed.</summary>
    public int Passed { get; private set; }

    public readonly bool IsDone => Inserted == Over;

    public readonly bool IsKept => Inserted == Section.Kept;

    public readonly bool IsChange => Inserted >= 0;

    public readonly int NewLength => IsChange ? Inserted : Length;

    /// <summary>All that the section puts in.</summary>
    public readonly string? Text => section.Text;

    /// <summary>The next so many units of it.</summary>
    public readonly string? NextText(int length) => section.Text?.Substring(Passed, length);

    public void Next()
    {
        Passed = 0;
        if (Index == sections.Length)
        {
            (section, Length, Inserted) = (default, 0, Over);
            return;
        }
        section = sections[Index++];
        (Length, Inserted) = (section.Length, section.Inserted);
    }

    public void PassOld(int length)
    {
        if (length == Length)
        {
            Next();
            return;
        }
        Length -= length;
        Passed += length;
    }

    public void PassNew(int length)
    {
        if (IsKept)
        {
            PassOld(length);
            return;
        }
        if (length == Inserted)
        {
            Next();
            return;
        }
        Inserted -= length;
        Passed += length;
    }
}
