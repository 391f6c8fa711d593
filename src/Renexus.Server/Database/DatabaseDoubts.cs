using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace Renexus.Server.Postgres;

/// <summary>A request that failed for want of a connection is reason to look after the database at once. The answer is the gateway's.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the container.")]
internal sealed class DatabaseDoubts(DatabaseHealth health) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is NpgsqlException and not PostgresException || exception is PostgresException { IsTransient: true })
            health.Doubt();
        return new(false);
    }
}
