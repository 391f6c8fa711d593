namespace Renexus.Load.Scale;

/// <summary>What something costs, by its size.</summary>
/// <param name="Name">For the picture's file.</param>
/// <param name="Size">What grows.</param>
/// <param name="About">How it was measured.</param>
internal sealed record Curve(string Name, string Title, string Size, string Unit, string About, IReadOnlyList<Series> Series)
{
    /// <summary>Whether costs stand by powers of ten too: for what grows with its size, and for what lies far apart.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Who worked how much at the largest size.</summary>
    public string? Bound { get; init; }
}

internal sealed record Series(string Name, IReadOnlyList<(double Size, double Cost)> Points);
