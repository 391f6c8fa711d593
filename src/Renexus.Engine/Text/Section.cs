namespace Renexus.Engine.Text;

/// <summary>A stretch of a change: what becomes of <paramref name="Length"/> units of the old text.</summary>
/// <param name="Length">UTF-16 units of the old text that it covers.</param>
/// <param name="Inserted"><see cref="Kept"/>, or how many units take their place.</param>
/// <param name="Text">What takes their place; null where only lengths are known (<see cref="ChangeShape"/>) or nothing does.</param>
internal readonly record struct Section(int Length, int Inserted, string? Text)
{
    /// <summary>The value of <see cref="Inserted"/> where the old text stays.</summary>
    public const int Kept = -1;

    public bool IsKept => Inserted == Kept;

    /// <summary>Units of the new text that it covers.</summary>
    public int NewLength => IsKept ? Length : Inserted;
}
