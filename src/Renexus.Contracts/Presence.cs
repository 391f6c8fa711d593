using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>Whether a member is connected, and when that was last so (TH-4).</summary>
/// <param name="UserId">The member.</param>
/// <param name="Online">Whether any connection of the person is open, on any node.</param>
/// <param name="LastActiveAt">When the last one ended; null when that is not known, or while one is open.</param>
public sealed record MemberPresence(
    Guid UserId,
    bool Online,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? LastActiveAt);

/// <summary>The presence of all members of a workspace.</summary>
/// <param name="Items">One for each member.</param>
public sealed record MemberPresences(IReadOnlyList<MemberPresence> Items);
