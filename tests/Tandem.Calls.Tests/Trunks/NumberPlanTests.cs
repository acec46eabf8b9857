using Tandem.Calls.Trunks;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>ITU-T E.164, as users dial and as carriers write.</summary>
public sealed class NumberPlanTests
{
    private static readonly NumberPlan Germany = new("49");
    private static readonly NumberPlan America = new("1", "", "011");
    private static readonly NumberPlan Nowhere = new();

    public static TheoryData<string, string, string?> Dialled => new()
    {
        { "de", "+49 30 123456", "+4930123456" },
        { "de", "030/123456", null },
        { "de", "030-123456", "+4930123456" },
        { "de", "0049 (30) 123456", "+4930123456" },
        { "de", "4930123456", "+4930123456" },
        { "de", "1234567", null },
        { "de", "112", "+49112" },
        { "de", "00", "+4900" },
        { "de", "+0301234567", null },
        { "de", "+", null },
        { "de", "++4930123456", null },
        { "de", "*43", null },
        { "de", "", null },
        { "de", "anna", null },
        { "de", "0049301234567890123", null },
        { "us", "2125551234", "+12125551234" },
        { "us", "12125551234", "+12125551234" },
        { "us", "011493012345", "+493012345" },
        { "us", "911", "+1911" },
        { "", "493012345", "+493012345" },
        { "", "03012345", null },
        { "", "00493012345", "+493012345" },
    };

    [Theory]
    [MemberData(nameof(Dialled))]
    public void What_is_dialled_becomes_a_number_of_the_world(string country, string dialled, string? expected)
    {
        var isRead = Plan(country).TryReadDialled(dialled, out var number);
        Assert.Equal(expected is not null, isRead);
        Assert.Equal(expected, isRead ? number.E164 : null);
        if (isRead)
            Assert.True(number.IsShort || NumberPlan.IsE164(number.E164));
    }

    [Theory]
    [InlineData("de", "+4930123456", "+4930123456")]
    [InlineData("de", "004930123456", "+4930123456")]
    [InlineData("de", "030123456", "+4930123456")]
    [InlineData("de", "4930123456", "+4930123456")]
    [InlineData("de", "112", null)]
    [InlineData("de", "anonymous", null)]
    [InlineData("us", "2125551234", "+12125551234")]
    [InlineData("", "12125551234", "+12125551234")]
    public void What_a_carrier_writes_becomes_a_number_of_the_world(string country, string text, string? expected) =>
        Assert.Equal(expected, Plan(country).TryReadCarrier(text, out var number) ? number : null);

    [Theory]
    [InlineData(NumberFormat.E164, "030123456", "+4930123456")]
    [InlineData(NumberFormat.Digits, "030123456", "4930123456")]
    [InlineData(NumberFormat.International, "030123456", "004930123456")]
    [InlineData(NumberFormat.National, "+4930123456", "030123456")]
    [InlineData(NumberFormat.National, "+12125551234", "0012125551234")]
    [InlineData(NumberFormat.Dialled, "030-123456", "030123456")]
    [InlineData(NumberFormat.E164, "112", "112")]
    [InlineData(NumberFormat.International, "110", "110")]
    public void A_provider_gets_it_in_its_format(NumberFormat format, string dialled, string expected)
    {
        var plan = Germany with { Format = format };
        Assert.True(plan.TryReadDialled(dialled, out var number));
        Assert.Equal(expected, plan.Write(number));
    }

    private static NumberPlan Plan(string country) => country switch
    {
        "de" => Germany,
        "us" => America,
        _ => Nowhere,
    };
}
