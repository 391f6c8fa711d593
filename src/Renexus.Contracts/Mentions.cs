using System.Text.RegularExpressions;

namespace Renexus.Contracts;

/// <summary>Somebody was named in a message (TH-3).</summary>
/// <param name="Message">The message.</param>
/// <param name="WorkspaceId">Where its thread lives.</param>
/// <param name="ThreadTitle">What the thread is called.</param>
/// <param name="Unread">Whether the asking person has not read that far.</param>
public sealed record Mention(Message Message, Guid WorkspaceId, string ThreadTitle, bool Unread);

/// <summary>The news of a mention on <c>user:ID</c>, resource <c>mention</c>: its id is the message's.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="ThreadId">Its thread.</param>
/// <param name="WorkspaceId">Where the thread lives.</param>
/// <param name="AuthorId">Who mentions.</param>
public sealed record MentionNews(Guid MessageId, Guid ThreadId, Guid WorkspaceId, Guid AuthorId);

/// <summary>
/// How a mention stands in the body of a message: a Markdown link to the person, <c>[@Ada](user:ID)</c>. The id is what counts; the name is
/// for readers that know no ids.
/// </summary>
public static partial class MentionSyntax
{
    /// <summary>People who can be mentioned in one message.</summary>
    public const int MostPeople = 50;

    /// <summary>The mention of a person, to be put into a body.</summary>
    public static string Of(Guid userId, string name) => $"[@{Unsafe().Replace(name, " ").Trim()}](user:{userId})";

    /// <summary>Who is mentioned in a body, each once, in the order of appearance.</summary>
    public static IReadOnlyList<Guid> In(string body)
    {
        // Nearly every message has none, and then this is all it costs.
        if (!body.Contains("](user:", StringComparison.Ordinal))
            return [];
        return [.. Mentioned().Matches(body).Select(match => Guid.Parse(match.Groups["id"].ValueSpan)).Distinct()];
    }

    /// <summary>The body as people read it: mentions by their names.</summary>
    public static string ToText(string body) =>
        body.Contains("](user:", StringComparison.Ordinal) ? Mentioned().Replace(body, "@${name}") : body;

    [GeneratedRegex(@"\[@(?<name>[^\[\]\n]{1,200})\]\(user:(?<id>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})\)", RegexOptions.NonBacktracking)]
    private static partial Regex Mentioned();

    [GeneratedRegex(@"[\[\]\\\s]+", RegexOptions.NonBacktracking)]
    private static partial Regex Unsafe();
}
