namespace Renexus.Server.Gateway.Audit;

/// <summary>Something that the audit trail knows how to name.</summary>
/// <param name="Name">As the trail and its filter have it: subject first, past tense.</param>
/// <param name="Resource">The kind of thing it is done to.</param>
/// <param name="Event">The event of the OWASP logging vocabulary, for monitoring that understands those.</param>
internal sealed record AuditAction(string Name, string Resource, string Event);
