using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// What another feature does in the same transaction when a person deletes the own account, or why it must not be deleted now.
/// Register it as a service. Rows that refer to the account go by themselves.
/// </summary>
internal delegate Task<CodedProblem?> AccountEnding(Work work, Guid userId, CancellationToken cancellationToken);
