using Renexus.Client.Http;
using Renexus.Contracts;

namespace Renexus.Client;

/// <summary>What was done and missed while away (SY-2). <see cref="Offline.OfflineClient"/> keeps it on disk.</summary>
public sealed class SyncApi
{
    private readonly ApiConnection api;

    internal SyncApi(ApiConnection api) => this.api = api;

    /// <summary>Sends operations, in order; each is answered.</summary>
    public Task<SyncResults> ApplyAsync(IReadOnlyList<SyncOperationRequest> operations, CancellationToken cancellationToken = default) => api.SendAsync(
        HttpMethod.Post, "api/sync", new SyncRequest { Operations = operations }, ContractsJson.Lenient.SyncRequest, ContractsJson.Lenient.SyncResults, cancellationToken);

    /// <summary>A page of what happened since a cursor; of everything without one.</summary>
    public Task<SyncChanges> GetAsync(string? since = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(ApiConnection.Query("api/sync", ("since", since)), ContractsJson.Lenient.SyncChanges, cancellationToken);
}
