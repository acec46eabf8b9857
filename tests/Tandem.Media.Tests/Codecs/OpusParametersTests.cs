using Tandem.Media.Codecs.Opus;

namespace Tandem.Media.Tests.Codecs;

/// <summary>RFC 7587 §6.1.</summary>
public class OpusParametersTests
{
    [Fact]
    public void Every_parameter_is_read()
    {
        var read = OpusParameters.Parse("maxplaybackrate=16000; sprop-maxcapturerate=24000;maxaveragebitrate=20000; stereo=1; useinbandfec=1;usedtx=1;cbr=1;sprop-stereo=1");
        Assert.Equal(new OpusParameters(16000, 20000, true, true, true, true, true, 24000), read);
        Assert.Equal(read, OpusParameters.Parse(read.ToString()));
    }

    // Missing, unknown, out of range ("SHOULD be ignored"), or no number: the default.
    [Theory]
    [InlineData("")]
    [InlineData("minptime=10")]
    [InlineData("maxplaybackrate=4000;maxaveragebitrate=5999;stereo=2")]
    [InlineData("maxplaybackrate=96000;maxaveragebitrate=510001")]
    [InlineData("maxplaybackrate=-1;maxaveragebitrate=99999999999;useinbandfec=yes")]
    [InlineData("stereo;usedtx=;cbr= ;;;=1;")]
    public void What_makes_no_sense_counts_as_not_said(string parameters) => Assert.Equal(new OpusParameters(), OpusParameters.Parse(parameters));

    [Theory]
    [InlineData("USEINBANDFEC=1")]
    [InlineData(" useinbandfec = 1 ")]
    [InlineData("minptime=10;useinbandfec=\"1\"")]
    public void Names_are_read_in_any_case_and_with_blanks(string parameters) => Assert.True(OpusParameters.Parse(parameters).InbandFec);

    [Fact]
    public void Only_what_differs_from_the_defaults_is_written()
    {
        Assert.Equal("", new OpusParameters().ToString());
        Assert.Equal("maxplaybackrate=16000;useinbandfec=1", new OpusParameters(MaxPlaybackRate: 16000, InbandFec: true).ToString());
    }
}
