using Renexus.Contracts;
using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Accounts;

/// <summary>What another feature does in the same transaction when a person's profile has changed. Register it as a service.</summary>
internal delegate Task ProfileReaction(Work work, User user, CancellationToken cancellationToken);
