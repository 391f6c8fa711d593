namespace Renexus.Load.Compare;

/// <summary>What has to be reached: so many times better than another, or at most so much.</summary>
/// <param name="Against">Null for a figure that stands for itself.</param>
internal sealed record Promise(string Text, double Value, string? Against)
{
    /// <returns>Null where it was not measured, or only while something else used the machine.</returns>
    public bool? IsMet(Runs runs, Figure figure, string ours) => Against is { } other
        ? runs.Compare(figure, ours, other) is { Count: true } ratios ? ratios.Median >= Value : null
        : runs.Counts(figure.Work, ours) ? runs.Median(figure, ours) <= Value : null;
}

/// <summary>A row of docs/performance.md.</summary>
/// <param name="Peer">What the ordinary stack is, for this row.</param>
internal sealed record Target(Figure Figure, string? Peer, Promise? Must, Promise? Aim)
{
    public const string SocketIo = "Express + Socket.IO";
    public const string PlainSockets = "Express + ws";
    public const string SafeQueue = "BullMQ, always";
    public const string FastQueue = "BullMQ, everysec";

    public static readonly IReadOnlyList<Target> All =
    [
        new(Figures.Messages, SocketIo, Times(15, SocketIo), Times(30, SocketIo)),
        new(Figures.PacedP50, SocketIo, new("not worse", 1, SocketIo), null),
        new(Figures.PacedP99, SocketIo, new("not worse", 1, SocketIo), new("a third", 3, SocketIo)),
        new(Figures.Fanout, SocketIo, Times(2.5, SocketIo), Times(3, SocketIo)),
        new(Figures.BusyFanout, SocketIo, Times(8, SocketIo), Times(20, SocketIo)),
        new(Figures.IdleMemory, SocketIo, new("below half of Socket.IO", 2, SocketIo), new("below ws", 1, PlainSockets)),
        new(Figures.OldList, SocketIo, Times(3, SocketIo), Times(4, SocketIo)),
        new(Figures.List, SocketIo, Times(10, SocketIo), Times(20, SocketIo)),
        new(Figures.Post, SocketIo, Times(8, SocketIo), Times(12, SocketIo)),
        new(Figures.Me, SocketIo, Times(7, SocketIo), Times(12, SocketIo)),
        new(Figures.JobsExecute, FastQueue, new("as BullMQ with everysec", 1, FastQueue), null),
        new(Figures.JobsBulk, FastQueue, Times(4, FastQueue), Times(4, FastQueue)),
        new(Figures.Start, SocketIo, null, null),
        new(Figures.OwnStart, null, new("1.5 s", 1_500, null), new("0.8 s", 800, null)),
    ];

    private static Promise Times(double factor, string against) => new($"{Shown.Number(factor)} times", factor, against);
}
