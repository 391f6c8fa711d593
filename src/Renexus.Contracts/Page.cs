using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>One page of a list (GW-7).</summary>
/// <param name="Items">What is on this page, in the list's order.</param>
/// <param name="Next">Opaque; give it back as <c>?cursor=</c> for the following page. Null on the last page.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);
