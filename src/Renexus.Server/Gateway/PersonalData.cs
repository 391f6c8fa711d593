using System.Runtime.CompilerServices;
using Renexus.Engine.Storage;

namespace Renexus.Server.Gateway;

/// <summary>
/// A part of what a person gets when asking for the own data (OR-4). Each feature registers its parts as services; they appear in the
/// file under their names.
/// </summary>
/// <param name="Name">The member of the file: <c>messages</c>.</param>
/// <param name="IsOne">One object; else a list.</param>
/// <param name="Read">The person's items, a page at a time so that there may be any number of them.</param>
internal sealed record PersonalData(string Name, bool IsOne, Func<IServiceProvider, Guid, CancellationToken, IAsyncEnumerable<object>> Read)
{
    /// <summary>A list that one statement reads as the person $1, where there are never many.</summary>
    public static PersonalData ListOf<TRow>(string name, Query<TRow> query)
        where TRow : class => new(name, IsOne: false, (services, userId, stop) => ReadAsync(services, userId, query, row => row, stop));

    /// <summary>One object that one statement reads as the person $1.</summary>
    public static PersonalData OneOf<TRow>(string name, Query<TRow> query, Func<TRow, object> show) =>
        new(name, IsOne: true, (services, userId, stop) => ReadAsync(services, userId, query, show, stop));

    private static async IAsyncEnumerable<object> ReadAsync<TRow>(
        IServiceProvider services, Guid userId, Query<TRow> query, Func<TRow, object> show, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        foreach (var row in await database.QueryAsync(Scope.Of(userId), query, [userId], cancellationToken))
            yield return show(row);
    }
}
