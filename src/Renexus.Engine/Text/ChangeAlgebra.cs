namespace Renexus.Engine.Text;

/// <summary>
/// How changes of one text combine (docs/spec/documents.md). It gives, section by section, what CodeMirror gives: an editor and the authority that disagree
/// in one case show different texts. Where texts are missing from what goes in they are missing from what comes out.
/// </summary>
internal static class ChangeAlgebra
{
    /// <summary>One change instead of <paramref name="first"/> and then <paramref name="second"/>.</summary>
    public static Section[] Compose(Section[] first, Section[] second)
    {
        if (NewLengthOf(first) != LengthOf(second))
            throw new ArgumentException($"It changes a text of {LengthOf(second)} units, and not of {NewLengthOf(first)}.", nameof(second));
        if (IsNothing(first))
            return second;
        if (IsNothing(second))
            return first;
        var a = new SectionCursor(first);
        var b = new SectionCursor(second);
        var composed = new SectionBuilder();
        // Whether a replacement that has been begun goes on.
        var isOpen = false;
        while (!a.IsDone || !b.IsDone)
        {
            if (a.Inserted == 0)
            {
                composed.Add(a.Length, 0, isGlued: isOpen);
                a.Next();
                continue;
            }
            if (b.Length == 0 && !b.IsDone)
            {
                composed.Add(0, b.Inserted, b.Text, isOpen);
                b.Next();
                continue;
            }
            var length = Math.Min(a.NewLength, b.Length);
            var before = composed.Count;
            ComposeStretch(composed, a, b, length, isOpen);
            isOpen = ((a.IsChange && a.Inserted > length) || (b.IsChange && b.Length > length)) && (isOpen || composed.Count > before);
            a.PassNew(length);
            b.PassOld(length);
        }
        return composed.ToArray();
    }

    /// <summary>
    /// <paramref name="change"/> as it is after <paramref name="over"/>, which was made of the same text. Where both put something in at one place, what
    /// <paramref name="over"/> put there stays left of it, unless <paramref name="isBefore"/>.
    /// </summary>
    public static Section[] Map(Section[] change, Section[] over, bool isBefore)
    {
        if (LengthOf(change) != LengthOf(over))
            throw new ArgumentException($"It changes a text of {LengthOf(over)} units, and not of {LengthOf(change)}.", nameof(over));
        if (IsNothing(over))
            return change;
        var a = new SectionCursor(change);
        var b = new SectionCursor(over);
        var mapped = new SectionBuilder();
        // The section of the change whose text has been put in already.
        var emitted = -1;
        while (!a.IsDone || !b.IsDone)
        {
            if (a.IsKept && b.IsKept)
            {
                var length = Math.Min(a.Length, b.Length);
                mapped.Add(length, Section.Kept);
                a.PassOld(length);
                b.PassOld(length);
            }
            else if (b.IsChange && (!a.IsChange || emitted == a.Index || (a.Passed == 0 && (b.Length < a.Length || (b.Length == a.Length && !isBefore)))))
            {
                mapped.Add(b.Inserted, Section.Kept);
                for (var left = b.Length; left > 0;)
                {
                    var piece = Math.Min(a.Length, left);
                    if (a.IsChange && emitted < a.Index && a.Length <= piece)
                    {
                        mapped.Add(0, a.Inserted, a.Text);
                        emitted = a.Index;
                    }
                    a.PassOld(piece);
                    left -= piece;
                }
                b.Next();
            }
            else
            {
                var (survivors, rest) = Survivors(a.Length, ref b);
                var isFirst = emitted < a.Index;
                mapped.Add(survivors, isFirst ? a.Inserted : 0, isFirst ? a.Text : null);
                emitted = a.Index;
                a.PassOld(a.Length - rest);
            }
        }
        return mapped.ToArray();
    }

    public static int LengthOf(Section[] sections)
    {
        var length = 0;
        foreach (var section in sections)
            length += section.Length;
        return length;
    }

    public static int NewLengthOf(Section[] sections)
    {
        var length = 0;
        foreach (var section in sections)
            length += section.NewLength;
        return length;
    }

    public static bool IsNothing(Section[] sections) => sections.Length == 0 || (sections.Length == 1 && sections[0].IsKept);

    private static void ComposeStretch(SectionBuilder composed, SectionCursor a, SectionCursor b, int length, bool isOpen)
    {
        if (a.IsKept)
        {
            var inserted = b.IsKept ? Section.Kept : b.Passed > 0 ? 0 : b.Inserted;
            composed.Add(length, inserted, inserted > 0 ? b.Text : null, isOpen);
        }
        else if (b.IsKept)
        {
            composed.Add(a.Passed > 0 ? 0 : a.Length, length, a.NextText(length), isOpen);
        }
        else
        {
            composed.Add(a.Passed > 0 ? 0 : a.Length, b.Passed > 0 ? 0 : b.Inserted, b.Passed > 0 ? null : b.Text, isOpen);
        }
    }

    /// <summary>How many of the next units of a change the other one has left, and how many are not decided yet because the other replaces something there.</summary>
    private static (int Survivors, int Undecided) Survivors(int length, ref SectionCursor other)
    {
        var (survivors, rest) = (0, length);
        while (rest > 0)
        {
            if (other.IsKept)
            {
                var piece = Math.Min(rest, other.Length);
                survivors += piece;
                rest -= piece;
                other.PassOld(piece);
            }
            else if (other.Inserted == 0 && other.Length < rest)
            {
                rest -= other.Length;
                other.Next();
            }
            else
            {
                break;
            }
        }
        return (survivors, rest);
    }
}
