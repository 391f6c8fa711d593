using System.Text;

namespace Renexus.Server.Features.Accounts;

/// <summary>How addresses are compared: one spelling for each character, without regard to case.</summary>
internal static class EmailAddress
{
    // Lower case is what people write; the rule for file names and URIs (CA1308: upper case) has no business here.
#pragma warning disable CA1308
    public static string Key(string email) => email.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
#pragma warning restore CA1308
}
