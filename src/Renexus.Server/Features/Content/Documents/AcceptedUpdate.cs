using Renexus.Engine.Text;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>A step that a document took, and whose it was.</summary>
internal sealed record AcceptedUpdate(string ClientId, ChangeSet Changes, Guid? AuthorId) : DocumentUpdate(ClientId, Changes)
{
    public static AcceptedUpdate Of(DocumentUpdate update, Guid? authorId) => new(update.ClientId, update.Changes, authorId);
}
