using Tandem.Calls.Registrar;

namespace Tandem.Calls.Tests.Registrar;

public class RegistrarOptionsTests
{
    [Fact]
    public void The_defaults_are_accepted() => Assert.Empty(RegistrarOptions.Default.Problems());

    public static TheoryData<RegistrarOptions, string> Bad => new()
    {
        { new RegistrarOptions { MaxExpiresSeconds = 0, MinExpiresSeconds = 0, DefaultExpiresSeconds = 0 }, "longest registration 0 s" },
        { new RegistrarOptions { MinExpiresSeconds = 0 }, "shortest registration 0 s" },
        { new RegistrarOptions { MinExpiresSeconds = 3_601 }, "shortest registration 3601 s" },
        { new RegistrarOptions { DefaultExpiresSeconds = 59 }, "registration timeout 59 s" },
        { new RegistrarOptions { DefaultExpiresSeconds = 86_401 }, "registration timeout 86401 s" },
        { new RegistrarOptions { MaxContacts = 0 }, "contacts of an extension 0" },
        { new RegistrarOptions { KeepAliveInterval = TimeSpan.FromMilliseconds(1) }, "keep-alive interval 0.001 s" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_value_is_named(RegistrarOptions options, string start) => Assert.StartsWith(start, options.Problems().First());
}
