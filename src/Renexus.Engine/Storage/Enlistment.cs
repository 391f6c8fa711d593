using Npgsql;

namespace Renexus.Engine.Storage;

/// <summary>
/// Joins the transaction of an operation from outside: a claim before its first statement, and a last statement once it is known
/// what the operation answers. While one is current, <see cref="Work.CommitAsync"/> appends its changes but leaves the transaction open;
/// <see cref="CompleteAsync"/> ends it. So the claim, the work and what was answered commit together or not at all.
/// </summary>
/// <remarks>
/// It follows the flow of one request, which does one thing after another. Reads between the commit of the work and the end see what was written. A second
/// transaction in the same flow ends the first one at once, without a last statement (<see cref="IsCommitted"/>).
/// </remarks>
public sealed class Enlistment : IAsyncDisposable
{
    private static readonly AsyncLocal<Enlistment?> Ambient = new();

    private readonly Scope scope;
    private readonly Command claim;
    private readonly Func<Arg[]> args;
    private Work? joined;
    private Work? held;
    private bool isOver;

    private Enlistment(Scope scope, Command claim, Func<Arg[]> args) => (this.scope, this.claim, this.args) = (scope, claim, args);

    /// <summary>Begins in the caller's flow.</summary>
    /// <param name="claim">Must touch a row, else the work does not begin (<see cref="ClaimRefusedException"/>).</param>
    /// <param name="args">Made anew for each transaction that begins: one that was given up does not count.</param>
    public static Enlistment Begin(Scope scope, Command claim, Func<Arg[]> args)
    {
        var enlistment = new Enlistment(scope, claim, args);
        Ambient.Value = enlistment;
        return enlistment;
    }

    /// <summary>Whether work is done but not committed yet: <see cref="CompleteAsync"/> decides.</summary>
    public bool IsHeld => held is not null;

    /// <summary>Whether work was committed, with the claim.</summary>
    public bool IsCommitted { get; private set; }

    internal static Enlistment? Current => Ambient.Value is { isOver: false } current ? current : null;

    /// <summary>What is done and not committed: reads of the same flow go through it.</summary>
    internal Work? Held => held;

    /// <summary>Runs a last statement in the held transaction and commits everything.</summary>
    /// <param name="args">Of <paramref name="last"/>.</param>
    public async Task CompleteAsync(Command last, Arg[] args)
    {
        if (held is not { } work)
            throw new InvalidOperationException("No work is held.");
        await work.ExecuteAsync(scope, last, args, CancellationToken.None);
        await CommitHeldAsync();
        isOver = true;
    }

    /// <summary>Whatever is held and was not completed is undone.</summary>
    public async ValueTask DisposeAsync()
    {
        isOver = true;
        if (held is not { } work)
            return;
        held = null;
        await work.AbandonAsync();
    }

    internal async Task JoinAsync(Work work, CancellationToken cancellationToken)
    {
        if (IsCommitted || joined is not null)
            return;
        try
        {
            if (await work.ExecuteAsync(scope, claim, args(), cancellationToken) == 0)
                throw new ClaimRefusedException(isBusy: false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable)
        {
            throw new ClaimRefusedException(isBusy: true);
        }
        joined = work;
    }

    internal bool Has(Work work) => ReferenceEquals(joined, work);

    /// <summary>A joined transaction has done its work and waits for the end.</summary>
    internal void Hold(Work work) => held = work;

    /// <summary>A joined transaction was given up before it was done: the next one may join.</summary>
    internal void Leave(Work work)
    {
        if (ReferenceEquals(joined, work) && held is null)
            joined = null;
    }

    internal async Task CommitHeldAsync()
    {
        var work = held!;
        held = null;
        await work.FinishAsync();
        IsCommitted = true;
    }
}

/// <summary>The claim of an <see cref="Enlistment"/> found its row taken; the work did not begin.</summary>
/// <param name="isBusy">Whoever has it has not finished yet; otherwise it is taken for good.</param>
public sealed class ClaimRefusedException(bool isBusy) : Exception(isBusy ? "The claim is being worked on." : "The claim is taken.")
{
    public bool IsBusy => isBusy;
}
