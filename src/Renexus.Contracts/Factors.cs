using System.ComponentModel.DataAnnotations;

namespace Renexus.Contracts;

/// <summary>Proves anew who the caller is, so that dangerous operations are open for some minutes (AU-7). One proof is enough.</summary>
public sealed record StepUpRequest
{
    /// <summary>The password of the account; enough alone only while the account has no second factor.</summary>
    [StringLength(200)]
    public string? Password { get; init; }
}
