using System.Security.Cryptography;
using System.Text;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway.Idempotency;

/// <summary>What a client calls one intent of its own, however often it has to ask (GW-5; draft-ietf-httpapi-idempotency-key-header).</summary>
/// <param name="Value">Up to 255 visible ASCII characters, as sent.</param>
internal sealed record IdempotencyKey(string Value)
{
    public const string Header = "Idempotency-Key";
    private const int MaxLength = 255;

    /// <summary>How minimal APIs find it; null when the client sent none.</summary>
    public static ValueTask<IdempotencyKey?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<IdempotencyKey>());

    /// <summary>The key of one part of what was sent under this one.</summary>
    public IdempotencyKey For(string part) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Value}\n{part}"))));

    /// <summary>Reads the header; null without one.</summary>
    /// <exception cref="ProblemException">There are several, or it is not one.</exception>
    public static IdempotencyKey? Of(HttpRequest request)
    {
        var values = request.Headers[Header];
        if (values.Count == 0)
            return null;
        if (values is not [{ Length: > 0 and <= MaxLength } value] || value.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ProblemException(Problems.Invalid(Header, $"Send one key of 1 to {MaxLength} visible ASCII characters without spaces, such as a UUID."));
        return new IdempotencyKey(value);
    }
}

/// <summary>One request as it is recognized: by its key and who sent it, and by what it asks for.</summary>
/// <param name="Id">Of the key, for this person; before anybody is known, for this address.</param>
/// <param name="Fingerprint">Of everything that decides what is done.</param>
internal sealed record RepeatableRequest(byte[] Id, byte[] Fingerprint, Guid? UserId)
{
    public static async Task<RepeatableRequest> OfAsync(HttpContext context, IdempotencyKey key)
    {
        var caller = context.Features.Get<Caller>();
        var sender = caller?.UserId.ToString() ?? $"{context.Connection.RemoteIpAddress}";
        // Before anybody is known, a cookie may be all that says whose tokens are asked for.
        var cookie = caller is null ? context.Request.Headers.Cookie.ToString() : "";
        return new RepeatableRequest(Hash($"{sender}\n{key.Value}"), await FingerprintAsync(context.Request, cookie), caller?.UserId);
    }

    private static async Task<byte[]> FingerprintAsync(HttpRequest request, string cookie)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string?[] parts =
        [
            request.Method, request.Path, request.QueryString.Value, request.Headers.IfMatch, request.Headers["X-Renexus-Client"], cookie,
        ];
        foreach (var part in parts)
            hash.AppendData(Encoding.UTF8.GetBytes($"{part?.Length ?? -1}:{part}\n"));

        request.EnableBuffering();
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is > 0 and var read)
            hash.AppendData(buffer.AsSpan(0, read));
        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
