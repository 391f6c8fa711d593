namespace Renexus.Server.Gateway.Secrets;

/// <summary>
/// A column of secret fields. Each is declared once, beside the statements that use it, and registered with
/// <see cref="SecretServices.AddSecretColumn"/>, so that <c>rotate-keys</c> and <c>doctor</c> find every value there is.
/// </summary>
/// <param name="Table">With its schema.</param>
/// <param name="Column">A <c>bytea</c> that holds what <see cref="SecretFields.Encrypt(SecretColumn, string, ReadOnlySpan{byte})"/> gives.</param>
/// <param name="Id">The column (or expression) whose text is the row's id.</param>
/// <param name="Where">SQL that says which rows are encrypted, where not all are.</param>
internal sealed record SecretColumn(string Table, string Column, string Id = "id", string? Where = null)
{
    public override string ToString() => $"{Table}.{Column}";
}
