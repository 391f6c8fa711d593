using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Renexus.Testing;

/// <summary>
/// An authenticator with the browser in front of it, for tests without a browser: makes a passkey (ES256, no attestation) and signs
/// challenges as WebAuthn Level 3 says, honestly or, where a test says so, not.
/// </summary>
public sealed class SoftwareAuthenticator(string origin) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] credentialId = RandomNumberGenerator.GetBytes(32);
    private byte[]? userHandle;

    /// <summary>Of the page that asks.</summary>
    public string Origin { get; set; } = origin;

    /// <summary>Whether it makes sure who holds it.</summary>
    public bool VerifiesUser { get; set; } = true;

    /// <summary>Whether somebody touches it.</summary>
    public bool IsTouched { get; set; } = true;

    /// <summary>The page is in a frame of a page of another origin.</summary>
    public bool IsFramed { get; set; }

    /// <summary>Signatures so far; 0 for ever on authenticators that do not count.</summary>
    public uint Counter { get; set; }

    public bool Counts { get; set; } = true;

    /// <summary>For whom it answers, when not for whom it is asked.</summary>
    public string? RelyingParty { get; set; }

    /// <summary>What <c>navigator.credentials.create(options)</c> gives, as JSON.</summary>
    public object Create(JsonElement options)
    {
        userHandle = Base64Url.DecodeFromChars(options.GetProperty("user").GetProperty("id").GetString());
        var data = AuthenticatorData(options.GetProperty("rp").GetProperty("id").GetString()!, attested: true);
        // {"fmt": "none", "attStmt": {}, "authData": h'…'}
        byte[] attestation =
        [
            0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x59, (byte)(data.Length >> 8), (byte)data.Length, .. data,
        ];
        return Credential(new
        {
            clientDataJSON = Text(ClientData("webauthn.create", options)),
            attestationObject = Text(attestation),
            transports = (string[])["internal"],
        });
    }

    /// <summary>What <c>navigator.credentials.get(options)</c> gives, as JSON.</summary>
    public object Get(JsonElement options)
    {
        if (Counts)
            Counter++;
        var data = AuthenticatorData(options.GetProperty("rpId").GetString()!, attested: false);
        var client = ClientData("webauthn.get", options);
        return Credential(new
        {
            clientDataJSON = Text(client),
            authenticatorData = Text(data),
            signature = Text(key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            userHandle = userHandle is null ? null : Text(userHandle),
        });
    }

    public void Dispose() => key.Dispose();

    private object Credential(object response) => new
    {
        id = Text(credentialId),
        rawId = Text(credentialId),
        type = "public-key",
        authenticatorAttachment = "platform",
        clientExtensionResults = new { },
        response,
    };

    private byte[] ClientData(string type, JsonElement options) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type,
        challenge = options.GetProperty("challenge").GetString(),
        origin = Origin,
        crossOrigin = IsFramed,
    });

    private byte[] AuthenticatorData(string relyingParty, bool attested)
    {
        var flags = (IsTouched ? 0x01 : 0) | (VerifiesUser ? 0x04 : 0) | (attested ? 0x40 : 0);
        Span<byte> counter = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, Counter);
        byte[] head = [.. SHA256.HashData(Encoding.UTF8.GetBytes(RelyingParty ?? relyingParty)), (byte)flags, .. counter];
        return attested ? [.. head, .. new byte[16], 0, (byte)credentialId.Length, .. credentialId, .. PublicKey()] : head;
    }

    // COSE: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    private byte[] PublicKey()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
