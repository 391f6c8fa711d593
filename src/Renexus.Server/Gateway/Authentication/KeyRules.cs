using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authorization;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>Holds requests that come with an API key to its scopes; sockets ask <see cref="KeyScopes"/> themselves.</summary>
internal static class KeyRules
{
    private static readonly ConcurrentDictionary<(string Method, string Pattern), string> Names = new();

    public static Task RequireAsync(HttpContext context, RequestDelegate next) =>
        context.Features.Get<Caller>() is { Scopes: not null } caller && !IsForEverybody(context) && KeyScopes.Refusal(caller, NameOf(context)) is { } problem
            ? RefuseAsync(context, problem)
            : next(context);

    // RFC 6750, section 3.1.
    private static Task RefuseAsync(HttpContext context, CodedProblem problem)
    {
        context.Response.Headers.WWWAuthenticate = KeyScopes.Table.TryGetValue(NameOf(context), out var scope)
            ? $"Bearer realm=\"renexus\", error=\"insufficient_scope\", scope=\"{scope}\""
            : "Bearer realm=\"renexus\", error=\"insufficient_scope\"";
        return ProblemWriter.WriteAsync(context, problem).AsTask();
    }

    // What strangers may read needs no scope. What they may write is how one comes to be signed in, which is not for keys.
    private static bool IsForEverybody(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static string NameOf(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
        ? Names.GetOrAdd((context.Request.Method, pattern), static key => $"{key.Method} {WithoutConstraints(key.Pattern)}")
        : "";

    private static string WithoutConstraints(string pattern) =>
        "/" + string.Join('/', pattern.Trim('/').Split('/').Select(part => part.StartsWith('{') ? part.Split(':')[0].TrimEnd('}') + "}" : part));
}
