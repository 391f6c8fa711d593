using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Features.Files;

/// <summary>What a link permits.</summary>
internal enum LinkPurpose : byte
{
    /// <summary>Sending a file's bytes.</summary>
    Upload = 1,

    /// <summary>Looking at it, where its type is safe to be shown.</summary>
    Show = 2,

    /// <summary>Keeping it as a file.</summary>
    Download = 3,
}

/// <summary>What stands in a link.</summary>
/// <param name="UserId">In whose name: what that person may not see any more, the link does not open.</param>
internal sealed record LinkClaims(LinkPurpose Purpose, Guid FileId, Guid UserId, DateTimeOffset ExpiresAt);

/// <summary>
/// Addresses that open one file for a few minutes without signing in (FI-3), so that browsers load pictures by themselves. Signed, not stored: a list
/// of messages makes hundreds. The key is made from the installation's, so every node reads every node's links.
/// </summary>
internal sealed class FileLinks(SecretKeys keys, RenexusOptions options, TimeProvider clock)
{
    /// <summary>How long a file can be read by a link: between half of this and this. Links of the same moment are the same, so that browsers keep what they have loaded.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int BodyLength = 1 + SecretKey.IdLength + 16 + 16 + sizeof(uint);
    private const int MacLength = 16;

    /// <summary>Where a file is read, and until when.</summary>
    /// <param name="request">Who asks at which address gets the link at that one; what is announced to many has the public address. Unless the configuration has another one.</param>
    public (string Url, DateTimeOffset ExpiresAt) ToRead(Guid fileId, string type, Guid userId, HttpRequest? request, bool isDownload = false)
    {
        var purpose = isDownload || !FileTypes.IsShown(type) ? LinkPurpose.Download : LinkPurpose.Show;
        var expiresAt = NextEnd(clock.GetUtcNow());
        var origin = options.Storage.ContentUrl ?? (request is null ? options.PublicUrl! : OriginOf(request));
        return ($"{origin.TrimEnd('/')}/api/files/links/{Sign(new LinkClaims(purpose, fileId, userId, expiresAt))}", expiresAt);
    }

    /// <summary>Where its bytes are sent.</summary>
    public string ToUpload(FileRow file, Guid userId, HttpRequest request) =>
        $"{OriginOf(request)}/api/files/uploads/{Sign(new LinkClaims(LinkPurpose.Upload, file.Id, userId, file.ExpiresAt!.Value))}";

    /// <summary>False for what is not ours, or has run out.</summary>
    public bool TryRead(string token, [NotNullWhen(true)] out LinkClaims? claims)
    {
        claims = null;
        Span<byte> bytes = stackalloc byte[BodyLength + MacLength];
        if (token.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.IsValid(token) || !Base64Url.TryDecodeFromChars(token, bytes, out var written) || written != bytes.Length)
            return false;

        var body = bytes[..BodyLength];
        Span<byte> mac = stackalloc byte[MacLength];
        if (keys.Find(body.Slice(1, SecretKey.IdLength)) is not { } key)
            return false;
        Authenticate(key, body, mac);
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(body[^sizeof(uint)..]));
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[BodyLength..]) || expiresAt <= clock.GetUtcNow())
            return false;

        var ids = body[(1 + SecretKey.IdLength)..];
        claims = new LinkClaims((LinkPurpose)body[0], new Guid(ids[..16], bigEndian: true), new Guid(ids.Slice(16, 16), bigEndian: true), expiresAt);
        return true;
    }

    private string Sign(LinkClaims claims)
    {
        Span<byte> bytes = stackalloc byte[BodyLength + MacLength];
        var key = keys.Current;
        bytes[0] = (byte)claims.Purpose;
        key.Id.CopyTo(bytes[1..]);
        var ids = bytes[(1 + SecretKey.IdLength)..];
        claims.FileId.TryWriteBytes(ids, bigEndian: true, out _);
        claims.UserId.TryWriteBytes(ids[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(ids[32..], (uint)claims.ExpiresAt.ToUnixTimeSeconds());
        Authenticate(key, bytes[..BodyLength], bytes[BodyLength..]);
        return Base64Url.EncodeToString(bytes);
    }

    private static void Authenticate(SecretKey key, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Derive("files.links"u8), body, whole);
        whole[..MacLength].CopyTo(mac);
    }

    private static DateTimeOffset NextEnd(DateTimeOffset now)
    {
        var half = Lifetime.Ticks / 2;
        return new DateTimeOffset(((now.UtcTicks / half) + 2) * half, TimeSpan.Zero);
    }

    private static string OriginOf(HttpRequest request) => $"{request.Scheme}://{request.Host}";
}
