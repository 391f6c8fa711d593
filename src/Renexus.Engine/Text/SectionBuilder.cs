namespace Renexus.Engine.Text;

/// <summary>Collects sections as CodeMirror does, so that what is computed here equals what an editor computes, section by section (TX3).</summary>
internal sealed class SectionBuilder
{
    private readonly List<Section> sections = [];

    public int Count => sections.Count;

    /// <param name="isGlued">Whether it belongs to the replacement before it. Otherwise neighbouring replacements stay apart: positions map through them differently.</param>
    public void Add(int length, int inserted, string? text = null, bool isGlued = false)
    {
        if (length == 0 && inserted <= 0)
            return;
        var last = sections.Count == 0 ? new Section(-1, int.MinValue, null) : sections[^1];
        if (inserted <= 0 && last.Inserted == inserted)
            sections[^1] = last with { Length = last.Length + length };
        else if (length == 0 && last.Length == 0)
            sections[^1] = last with { Inserted = last.Inserted + inserted, Text = Join(last.Text, text) };
        else if (isGlued)
            sections[^1] = new Section(last.Length + length, last.Inserted + inserted, Join(last.Text, text));
        else
            sections.Add(new Section(length, inserted, text));
    }

    public Section[] ToArray() => [.. sections];

    private static string? Join(string? before, string? after) => before is null ? after : before + after;
}
