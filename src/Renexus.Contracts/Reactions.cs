using System.ComponentModel.DataAnnotations;

namespace Renexus.Contracts;

/// <summary>One person's reaction to a message (TH-3): at most one of each emoji.</summary>
/// <param name="Id">Made by the client or by the server.</param>
/// <param name="MessageId">What it answers.</param>
/// <param name="ThreadId">The thread of the message.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Emoji">One emoji, as sent.</param>
public sealed record Reaction(Guid Id, Guid MessageId, Guid ThreadId, Guid UserId, string Emoji);

/// <summary>Everybody who reacted to a message with one emoji.</summary>
/// <param name="Emoji">Groups come in the order of their emoji's code points.</param>
/// <param name="UserIds">Who, in the order of the ids.</param>
public sealed record ReactionGroup(string Emoji, IReadOnlyList<Guid> UserIds);

/// <summary>Reacts to a message (TH-3); reacting again with the same emoji changes nothing.</summary>
public sealed record ReactRequest
{
    /// <summary>The id it shall have; the server makes one when absent.</summary>
    public Guid? Id { get; init; }

    /// <summary>A single emoji.</summary>
    [Required, StringLength(32, MinimumLength = 1)]
    public string? Emoji { get; init; }
}

/// <summary>The same over a socket, as the <c>data</c> of a <c>create</c> or <c>delete</c> of resource <c>reaction</c> on <c>thread:ID</c>.</summary>
public sealed record ReactionData
{
    /// <summary>The message. A <c>delete</c> that names the reaction itself by <c>resourceId</c> needs neither this nor the emoji.</summary>
    [Required]
    public Guid? MessageId { get; init; }

    /// <summary>A single emoji.</summary>
    [Required, StringLength(32, MinimumLength = 1)]
    public string? Emoji { get; init; }
}
