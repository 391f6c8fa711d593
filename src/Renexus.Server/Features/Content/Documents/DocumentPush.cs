using Renexus.Engine.Audit;
using Renexus.Engine.Text;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>Steps that somebody hands in for a document.</summary>
/// <param name="Base">The document's version that they were made on.</param>
/// <param name="Cause">The request's id.</param>
/// <param name="Bytes">About how much it is.</param>
internal sealed record DocumentPush(
    Guid ItemId, Guid WorkspaceId, Guid AuthorId, string Cause, long Base, IReadOnlyList<DocumentUpdate> Updates, int Bytes, Origin Origin)
{
    /// <summary>The request that it is, the same however often and wherever it comes.</summary>
    public Guid Identity { get; } = RequestIds.ToResourceId(AuthorId, Cause);
}
