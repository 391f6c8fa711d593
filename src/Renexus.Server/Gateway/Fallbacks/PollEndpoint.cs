using System.ComponentModel.DataAnnotations;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Gateway.Fallbacks;

/// <summary>
/// <c>GET /api/poll</c>: the same messages as a socket's, asked for. The cursor is a moment of the log, so that an answer that got lost is
/// given again and any node gives it. What is read is authorized just before it is read, also after a wait.
/// </summary>
internal static class PollEndpoint
{
    private const int MessagesAPage = 200;
    private const int LongestWait = 25;

    /// <param name="channels">Separated by commas; all that one may read when absent.</param>
    /// <param name="cursor">Of the answer before; without one the poll begins now, and is answered at once.</param>
    /// <param name="wait">For how many seconds, if there is nothing: 0 to 25, 0 when absent.</param>
    public static async Task<IResult> HandleAsync(
        string? channels, string? cursor, [Range(0, LongestWait)] int? wait, Caller caller, RealtimeServices services, MissedChanges missed,
        WaitingPolls waiting, EndedSessions ended, IHostApplicationLifetime host, CancellationToken cancellationToken)
    {
        if (AskedChannels.Parse(channels) is not { } asked)
            return Refused(Problems.Invalid("channels", "Name channels as thread:ID or thread:ID@VERSION, separated by commas."));
        if (asked.Count > AskedChannels.Most)
            return Refused(new CodedProblem(ProblemCode.ChannelLimit, $"One poll asks for {AskedChannels.Most} channels at most."));
        if (cursor is not null && LogCursor.Parse(cursor) is null)
            return Refused(Problems.Invalid("cursor", "It is not a cursor of a poll."));
        var poll = new Poll(caller, asked, services, missed, MessagesAPage);
        if (cursor is null)
            return await poll.BeginAsync(cancellationToken);

        using var place = waiting.TryEnter(caller.UserId, wait > 0);
        if (place is null)
            return Refused(new CodedProblem(ProblemCode.ConnectionLimit, "As many polls of yours wait here as you may have connections; let one of them end first."));
        // Whoever is logged out meanwhile, whose token runs out, or whose server goes away, waits no longer.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        void OnEnded(Guid session)
        {
            if (session == caller.SessionId)
                poll.End();
        }
        ended.Ended += OnEnded;
        try
        {
            return ended.Contains(caller.SessionId)
                ? Refused(new CodedProblem(ProblemCode.Unauthenticated, "The log-in was ended."))
                : await poll.GoOnAsync(LogCursor.Parse(cursor)!, TimeSpan.FromSeconds(wait ?? 0), end.Token);
        }
        finally
        {
            ended.Ended -= OnEnded;
        }
    }

    internal static IResult Refused(CodedProblem problem) => TypedResults.Problem(problem);
}

/// <summary>How many polls of each person wait on this node: as many as connections may be open. A poll that does not wait counts nothing.</summary>
internal sealed class WaitingPolls(Configuration.RenexusOptions options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, int> waiting = [];

    /// <summary>A place until it is disposed of; null when there is none.</summary>
    public IDisposable? TryEnter(Guid user, bool waits)
    {
        if (!waits || options.Limits.ConnectionsPerUser == 0)
            return new Place(this, null);
        lock (gate)
        {
            var count = waiting.GetValueOrDefault(user);
            if (count >= options.Limits.ConnectionsPerUser)
                return null;
            waiting[user] = count + 1;
            return new Place(this, user);
        }
    }

    private void Leave(Guid user)
    {
        lock (gate)
        {
            if (--waiting[user] == 0)
                waiting.Remove(user);
        }
    }

    private sealed class Place(WaitingPolls polls, Guid? user) : IDisposable
    {
        public void Dispose()
        {
            if (user is { } mine)
                polls.Leave(mine);
        }
    }
}
