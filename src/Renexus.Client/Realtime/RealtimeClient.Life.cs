using System.Net.WebSockets;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <content>From one connection to the next, until it is told not to come back.</content>
public sealed partial class RealtimeClient
{
    /// <summary>So many channels fit into a hello of at most 100 KB; the others are asked for one by one after the welcome.</summary>
    private const int ChannelsInHello = 500;

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                Report(new ConnectionStatus(ConnectionState.Connecting));
                wasWelcomed = false;
                var end = await ConnectAsync().ConfigureAwait(false);
                if (wasWelcomed)
                    transports.Worked();
                else if (end.CloseCode is null)
                    transports.Failed();
                if (end.CloseCode is { } code && !CloseCodes.MayReturn(code))
                {
                    Stop(new RealtimeStoppedException(code, lastError?.Message ?? end.Reason));
                    return;
                }

                // Another connection has resumed the session: it is that one's now.
                if (end.CloseCode is CloseCodes.Replaced or CloseCodes.StateLost)
                    session = null;
                if (end.CloseCode == CloseCodes.TokenExpired)
                    staleToken = token;

                await WaitAsync(backoff.Next(), end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed of.
        }
        catch (ProblemException e)
        {
            // Only the token provider asks over HTTP: the log-in is over.
            Stop(new RealtimeStoppedException(CloseCodes.SessionEnded, e.Message, e));
        }
        catch (Exception e)
        {
            Stop(new RealtimeStoppedException(null, e.Message, e));
            throw;
        }
    }

    /// <summary>One connection, from the token to the end.</summary>
    private async Task<ConnectionEnd> ConnectAsync()
    {
        lastError = null;
        try
        {
            token = await tokens(staleToken, stopping.Token).ConfigureAwait(false);
            staleToken = null;
            using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping.Token);
            var socket = await OpenAsync(either.Token).ConfigureAwait(false);
            using var opened = new Connection(socket, options.TimeProvider, options.ConnectTimeout);
            using var probing = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
            try
            {
                Open(opened);
                if (transports.IsFallback)
                    _ = TryBestAsync(socket, probing.Token);
                return await opened.RunAsync(this, stopping.Token).ConfigureAwait(false);
            }
            finally
            {
                await probing.CancelAsync().ConfigureAwait(false);
                Leave();
            }
        }
        catch (Exception e) when (IsPassing(e))
        {
            return new ConnectionEnd(null, e.Message);
        }
    }

    private async Task<WebSocket> OpenAsync(CancellationToken cancellationToken) => transports.Current switch
    {
        Transport.Events => new EventSocket(http),
        Transport.Polling => new PollingSocket(http),
        _ => await options.ConnectAsync(address, cancellationToken).ConfigureAwait(false),
    };

    /// <summary>On a lesser way: looks from time to time whether the best one opens again, and if it does, comes back by it.</summary>
    private async Task TryBestAsync(WebSocket used, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.RetryBestAfter, options.TimeProvider, cancellationToken).ConfigureAwait(false);
                if (options.Transports[0] != Transport.WebSocket || await OpensAsync(cancellationToken).ConfigureAwait(false))
                    break;
            }

            transports.GoBack();
            ReconnectNow();
            used.Abort();
        }
        catch (OperationCanceledException)
        {
            // The connection is over already.
        }
    }

    private async Task<bool> OpensAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var probe = await options.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            probe.Abort();
            return true;
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException)
        {
            return false;
        }
    }

    // A network that is away, and a server that is too busy to renew a token, come back.
    private bool IsPassing(Exception e) => e switch
    {
        OperationCanceledException => !stopping.IsCancellationRequested,
        ProblemException problem => problem.Status is null or 429 or >= 500,
        _ => e is WebSocketException or HttpRequestException or IOException,
    };

    private void Open(Connection opened)
    {
        lock (gate)
        {
            control.Clear();
            var known = subscriptions.Values.Take(ChannelsInHello).ToArray();
            foreach (var subscription in known)
                subscription.TryAsk();
            SendHello(new HelloPayload
            {
                Token = token,
                Client = options.ClientName,
                Session = session,
                Channels = Array.ConvertAll(known, subscription => subscription.Position),
            });
            connection = opened;
            opened.Wake();
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            connection = null;
            welcomed = false;
            if (online.Task.IsCompleted)
                online = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var subscription in subscriptions.Values)
                subscription.Disconnected();
        }

        writes.Rewind();
    }

    private async Task WaitAsync(TimeSpan delay, ConnectionEnd end)
    {
        Task hurried;
        lock (gate)
        {
            hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            hurried = hurry.Task;
        }

        Report(new ConnectionStatus(ConnectionState.Waiting, delay, end.CloseCode, lastError?.Message ?? end.Reason));
        await Task.WhenAny(Task.Delay(delay, options.TimeProvider, stopping.Token), hurried).ConfigureAwait(false);
        stopping.Token.ThrowIfCancellationRequested();
    }

    private void Stop(RealtimeStoppedException reason)
    {
        Subscription[] left;
        lock (gate)
        {
            if (Status.State == ConnectionState.Stopped)
                return;
            left = [.. subscriptions.Values];
            online.TrySetException(reason);
            _ = online.Task.Exception;
        }

        writes.Close(reason);
        foreach (var subscription in left)
            subscription.Stop(reason);
        Report(new ConnectionStatus(ConnectionState.Stopped, null, reason.CloseCode, reason.Message));
    }

    private void Report(ConnectionStatus status)
    {
        Status = status;
        StatusChanged?.Invoke(this, status);
    }
}
