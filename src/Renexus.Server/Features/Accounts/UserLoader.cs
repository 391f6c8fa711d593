using Renexus.Contracts;
using Renexus.Engine.Batching;
using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Accounts;

/// <summary>People's own accounts as they are now; those that are asked for at the same moment are read by one statement.</summary>
internal sealed class UserLoader : IAsyncDisposable
{
    private static readonly Query<User> ByIds = new("accounts.users_by_id", $"{GetMe.Select} where id = any ($1)");

    private readonly Database database;
    private readonly BatchLoader<Guid, User> loader;

    public UserLoader(Database database, ILogger<UserLoader> logger)
    {
        this.database = database;
        loader = new(new BatchLoaderOptions(), LoadAsync, logger);
    }

    /// <summary>A person's own account; null when it is gone.</summary>
    public Task<User?> FindAsync(Guid userId, CancellationToken cancellationToken) => loader.LoadAsync(userId, cancellationToken);

    public ValueTask DisposeAsync() => loader.DisposeAsync();

    private async Task<IReadOnlyDictionary<Guid, User>> LoadAsync(IReadOnlyCollection<Guid> ids)
    {
        Guid[] users = [.. ids];
        var rows = await database.QueryAsync(Scope.OfEach(users), ByIds, [users], CancellationToken.None);
        return rows.ToDictionary(static user => user.Id);
    }
}
