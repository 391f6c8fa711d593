using System.ComponentModel.DataAnnotations;

namespace Renexus.Contracts;

/// <summary>A provider at whose own page one can sign in (AU-8).</summary>
/// <param name="Id">How addresses name it; its page leads back to <c>/sign-in/ID</c>.</param>
/// <param name="Name">What people call it.</param>
public sealed record SignInProviderInfo(string Id, string Name);

/// <summary>The providers of this installation (AU-8).</summary>
/// <param name="Items">In the order of the configuration; none when none is configured.</param>
public sealed record SignInProviderList(IReadOnlyList<SignInProviderInfo> Items);

/// <summary>Begins at a provider (AU-8).</summary>
public sealed record BeginProviderSignInRequest
{
    /// <summary>Whether the person shall prove it there anew, although signed in there.</summary>
    public bool Fresh { get; init; }
}

/// <summary>Where to go now (AU-8).</summary>
/// <param name="Address">The provider's page, for the browser.</param>
/// <param name="Flow">To send along with what comes back; absent for browsers, which get it as a cookie.</param>
public sealed record ProviderSignIn(string Address, string? Flow);

/// <summary>What a provider's page sent back (AU-8).</summary>
public sealed record ProviderAnswerRequest
{
    /// <summary><c>code</c> in the address that it led to.</summary>
    [Required, StringLength(4000)]
    public string? Code { get; init; }

    /// <summary><c>state</c> in that address.</summary>
    [Required, StringLength(200)]
    public string? State { get; init; }

    /// <summary>From the beginning; not for browsers.</summary>
    [StringLength(200)]
    public string? Flow { get; init; }
}

/// <summary>Who the caller is at a provider (AU-8).</summary>
/// <param name="ProviderId">Absent when the provider has no sign-in page here, and its tokens are only taken.</param>
/// <param name="Name">What people call the provider.</param>
/// <param name="Issuer">Its address.</param>
/// <param name="CreatedAt">Since when it opens this account.</param>
public sealed record ConnectedIdentity(string? ProviderId, string Name, string Issuer, DateTimeOffset CreatedAt);

/// <summary>All that open the caller's account (AU-8).</summary>
/// <param name="Items">The oldest first; they are few.</param>
public sealed record ConnectedIdentities(IReadOnlyList<ConnectedIdentity> Items);
