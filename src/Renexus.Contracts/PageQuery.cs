using System.ComponentModel.DataAnnotations;

namespace Renexus.Contracts;

/// <summary>Which part of a list is asked for (GW-7).</summary>
public sealed record PageQuery
{
    /// <summary>How many items when none is asked for.</summary>
    public const int DefaultLimit = 50;

    /// <summary>How many items at most.</summary>
    public const int MaxLimit = 200;

    /// <summary>At most this many items, 50 when absent.</summary>
    [Range(1, MaxLimit)]
    public int? Limit { get; init; }

    /// <summary>The <see cref="Page{T}.Next"/> of the page before; absent for the first.</summary>
    [StringLength(500)]
    public string? Cursor { get; init; }
}
