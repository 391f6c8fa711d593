using System.Globalization;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway.Limits;

/// <summary>The limits as HTTP sees them: which one a request draws from, and what the answer says about it (GW-4).</summary>
internal sealed class RateLimiting(Limiter limiter)
{
    private readonly string[] policyHeaders = [.. Enum.GetValues<Limit>().Select(limit => Describe(limiter.PolicyOf(limit)))];

    /// <summary>Before authentication: an address that keeps coming without valid credentials is turned away unread.</summary>
    public Task LimitAddressAsync(HttpContext context, RequestDelegate next)
    {
        // A socket says who it is later, if at all.
        var isSocket = context.Request.Headers.Upgrade.Count > 0;
        var isLimited = (isSocket || context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)) && !limiter.PolicyOf(Limit.Anonymous).IsOff;
        return !isLimited ? next(context)
            : isSocket ? ChargeAsync(context, next, LimitKey.Of(context.Connection.RemoteIpAddress))
            : ChargeUnlessSignedInAsync(context, next, LimitKey.Of(context.Connection.RemoteIpAddress));
    }

    private async Task ChargeAsync(HttpContext context, RequestDelegate next, LimitKey address)
    {
        var state = await limiter.TakeAsync(Limit.Anonymous, address);
        if (state.IsAllowed)
            await next(context);
        else
            await RefuseAsync(context, Limit.Anonymous, state);
    }

    private async Task ChargeUnlessSignedInAsync(HttpContext context, RequestDelegate next, LimitKey address)
    {
        var state = await limiter.LookAsync(Limit.Anonymous, address);
        if (!state.IsAllowed)
        {
            await RefuseAsync(context, Limit.Anonymous, state);
            return;
        }
        try
        {
            await next(context);
        }
        finally
        {
            // Only now is it known that nobody vouched for the request.
            if (context.Features.Get<Caller>() is null)
                await limiter.TakeAsync(Limit.Anonymous, address);
        }
    }

    /// <summary>After authentication: each kind of write has its budget, for each log-in.</summary>
    public Task LimitCallerAsync(HttpContext context, RequestDelegate next) =>
        LimitOf(context) is { } limit && !limiter.PolicyOf(limit).IsOff ? LimitCallerAsync(context, next, limit) : next(context);

    private async Task LimitCallerAsync(HttpContext context, RequestDelegate next, Limit limit)
    {
        var state = await limiter.TakeAsync(limit, KeyOf(context, limit));
        if (!state.IsAllowed)
        {
            await RefuseAsync(context, limit, state);
            return;
        }
        Tell(context, limit, state);
        await next(context);
    }

    private static Limit? LimitOf(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<LimitMetadata>() is { } named)
            return named.Limit;
        if (CarriesParts.Is(context))
            return null;

        var method = context.Request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) ? null : Limit.Writes;
    }

    private static LimitKey KeyOf(HttpContext context, Limit limit) =>
        limit == Limit.Authentication || context.Features.Get<Caller>() is not { } caller ? LimitKey.Of(context.Connection.RemoteIpAddress)
        : LimitKey.Of(limit == Limit.Generation ? caller.UserId : caller.SessionId);

    private async Task RefuseAsync(HttpContext context, Limit limit, LimitState state)
    {
        Tell(context, limit, state);
        await ProblemWriter.WriteAsync(context, Problems.TooFast(state.RetryAfter));
    }

    // draft-ietf-httpapi-ratelimit-headers: structured fields, named policies.
    private void Tell(HttpContext context, Limit limit, LimitState state)
    {
        var headers = context.Response.Headers;
        var policy = limiter.PolicyOf(limit);
        headers["RateLimit-Policy"] = policyHeaders[(int)limit];
        var wait = state.IsAllowed ? TimeSpan.FromMinutes((policy.Burst - state.Remaining) / (double)policy.PerMinute) : state.RetryAfter;
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy.Name}\";r={state.Remaining};t={Math.Max(0, (long)Math.Ceiling(wait.TotalSeconds))}");
    }

    private static string Describe(LimitPolicy policy) => string.Create(CultureInfo.InvariantCulture, $"\"{policy.Name}\";q={policy.PerMinute};w=60");
}

/// <summary>Names the limit that an operation draws from.</summary>
internal sealed record LimitMetadata(Limit Limit);

internal static class LimitConventions
{
    /// <summary>The operation draws from this limit instead of <see cref="Limit.Writes"/>; reads have none unless they say so.</summary>
    public static TBuilder LimitedBy<TBuilder>(this TBuilder builder, Limit limit)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new LimitMetadata(limit)));
        return builder;
    }
}
