namespace Renexus.Testing;

/// <summary>Waits for what another process or thread is about to bring about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns as soon as the condition holds, fails when it does not within the time.</summary>
    public static async Task TrueAsync(string what, TimeSpan within, Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(within);
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"Not within {within.TotalSeconds} s: {what}.");
            await Task.Delay(Often, TimeProvider.System);
        }
    }

    /// <inheritdoc cref="TrueAsync(string, TimeSpan, Func{Task{bool}})"/>
    public static Task TrueAsync(string what, TimeSpan within, Func<bool> condition) => TrueAsync(what, within, () => Task.FromResult(condition()));
}
