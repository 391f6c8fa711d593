using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Operations;

/// <summary><c>ops</c>: what operators watch. Nothing of it is in the log: how things stand now is all that counts.</summary>
internal sealed class OpsChannel(Database database, ChangeLog log, JobOperations jobs, JobWorkerOptions worker, TimeProvider clock)
{
    public ChannelRules Rules => new(Channels.OpsKind, "ops")
    {
        IsSingle = true,
        MayListenAsync = (caller, _, cancellationToken) => database.IsOperatorAsync(caller, cancellationToken),
        // It is listened to by its name; whoever asks for everything wants what concerns them.
        VisibleAsync = (_, _) => Task.FromResult<IReadOnlyList<VisibleChannel>>([]),
        SnapshotAsync = async (caller, _, cancellationToken) => await database.IsOperatorAsync(caller, cancellationToken)
            ? new ChannelState((await log.HeadsAsync([Channels.Ops], cancellationToken))[Channels.Ops], Json.Utf8(await OpsState.ReadAsync(jobs, worker, clock, cancellationToken)))
            : null,
    };
}
