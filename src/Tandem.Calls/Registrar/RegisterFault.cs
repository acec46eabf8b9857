namespace Tandem.Calls.Registrar;

/// <summary>Why a REGISTER is refused; the default value is no fault.</summary>
/// <param name="Status">The status of the response.</param>
/// <param name="Reason">Its reason phrase; empty for the standard one.</param>
/// <param name="MinExpires">Goes with 423.</param>
/// <param name="Unsupported">The option tags that go with 420.</param>
internal readonly record struct RegisterFault(int Status, string Reason = "", int MinExpires = 0, string Unsupported = "")
{
    public bool IsNone => Status == 0;
}
