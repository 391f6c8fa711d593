using Renexus.Load.Measuring;

namespace Renexus.Load.Compare;

/// <summary>What is done in one run.</summary>
internal enum Work
{
    Start,
    OwnStart,
    Me,
    List,
    OldList,
    Post,
    Messages,
    PacedMessages,
    Fanout,
    BusyFanout,
    Idle,
    JobsOne,
    JobsBulk,
    JobsExecute,
}

/// <summary>A figure of a run.</summary>
/// <param name="IsCost">Whether less is better.</param>
internal sealed record Figure(Work Work, string Name, string Unit, bool IsCost, Func<Report, double> Of);

/// <summary>What is compared.</summary>
internal static class Figures
{
    public static readonly Figure Messages = Rate(Work.Messages, "durable messages over WebSocket, 200 clients in 100 threads", "messages/s");
    public static readonly Figure PacedP50 = Latency("the same at 1 000/s, p50", 0.50);
    public static readonly Figure PacedP99 = Latency("the same at 1 000/s, p99", 0.99);
    public static readonly Figure Fanout = Rate(Work.Fanout, "fan-out to 5 000, 4 in flight", "deliveries/s");
    public static readonly Figure BusyFanout = Rate(Work.BusyFanout, "fan-out to 5 000, busy room, 32 in flight", "deliveries/s");
    public static readonly Figure IdleMemory = new(Work.Idle, "memory of an idle authenticated connection", "KB", IsCost: true, report => report.Main);
    public static readonly Figure OldList = Rate(Work.OldList, "list of 50 messages, each page asked for once (from the database)", "requests/s");
    public static readonly Figure List = Rate(Work.List, "list of the newest 50 messages, again and again", "requests/s");
    public static readonly Figure Post = Rate(Work.Post, "durable post over HTTP", "requests/s");
    public static readonly Figure Me = Rate(Work.Me, "authenticated small read (GET /api/me)", "requests/s");
    public static readonly Figure Start = new(Work.Start, "start to the first healthy answer, data present, PostgreSQL running", "ms", IsCost: true, report => report.Main);
    public static readonly Figure OwnStart = new(Work.OwnStart, "the same with its own PostgreSQL, which it starts itself", "ms", IsCost: true, report => report.Main);
    public static readonly Figure Memory = new(Work.Start, "resident memory after the start", "MB", IsCost: true, report => report.Memory / 1e6);
    public static readonly Figure JobsExecute = Rate(Work.JobsExecute, "jobs executed, no-op, 50 at once", "jobs/s");
    public static readonly Figure JobsBulk = Rate(Work.JobsBulk, "jobs put in by the thousand", "jobs/s");
    public static readonly Figure JobsOne = Rate(Work.JobsOne, "jobs put in one by one, 50 callers", "jobs/s");

    public static readonly IReadOnlyList<Figure> OfServers =
        [Messages, PacedP50, PacedP99, Fanout, BusyFanout, IdleMemory, List, OldList, Post, Me, Start, OwnStart, Memory];

    public static readonly IReadOnlyList<Figure> OfQueues = [JobsExecute, JobsBulk, JobsOne];

    private static Figure Rate(Work work, string name, string unit) => new(work, name, unit, IsCost: false, report => report.Main);

    private static Figure Latency(string name, double share) =>
        new(Work.PacedMessages, name, "ms", IsCost: true, report => report.Latency!.Percentile(share).TotalMilliseconds);
}
