using System.Runtime.CompilerServices;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Audit;

/// <summary>A person's own trail as a part of the own data (OR-4).</summary>
internal static class OwnTrail
{
    private const int PageSize = 500;

    public static PersonalData Export => new("securityEvents", IsOne: false, ReadAsync);

    private static async IAsyncEnumerable<object> ReadAsync(
        IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        var filter = AuditFilter.Of(new AuditQuery(), cursor: null);
        while (true)
        {
            var rows = await MyAudit.QueryAsync(database, filter, userId, PageSize, cancellationToken);
            foreach (var record in await AuditRow.PresentAsync(rows, database, cancellationToken))
                yield return record;
            if (rows.Count < PageSize)
                yield break;
            filter = filter with { Before = rows[^1].Id };
        }
    }
}
