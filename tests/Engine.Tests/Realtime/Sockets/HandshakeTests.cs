using Renexus.Engine.Realtime.Sockets;
using Xunit;

namespace Renexus.Engine.Tests.Realtime.Sockets;

public sealed class HandshakeTests
{
    [Fact, Trait("spec", "SK1")]
    public void SK1_the_key_of_the_standard_gets_the_answer_of_the_standard() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.Accept("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory, Trait("spec", "SK1")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", true)]
    [InlineData("dGhlIHNhbXBsZSBub25jZSE=", false)] // 17 bytes
    [InlineData("dGhlIHNhbXBsZSBub25j", false)]
    [InlineData("not base64 not base64 !!", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void SK1_a_key_is_16_bytes_in_base64(string? key, bool isValid) => Assert.Equal(isValid, Handshake.IsValidKey(key));

    [Theory, Trait("spec", "SK1")]
    [InlineData("renexus.v1", true)]
    [InlineData("chat, renexus.v1", true)]
    [InlineData("renexus.v2,renexus.v1 ", true)]
    [InlineData("Renexus.v1", false)]
    [InlineData("renexus.v10", false)]
    [InlineData(null, false)]
    public void A_protocol_is_offered_when_it_is_one_of_the_list(string? offered, bool expected) =>
        Assert.Equal(expected, Handshake.Offers(offered, "renexus.v1"));

    private const string Agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [Theory, Trait("spec", "SK2")]
    [InlineData("permessage-deflate", Agreed)]
    [InlineData("permessage-deflate; client_max_window_bits", Agreed)] // Chrome, Firefox
    [InlineData("permessage-deflate;client_max_window_bits=12;server_no_context_takeover", Agreed)]
    [InlineData("Permessage-Deflate ; client_no_context_takeover", Agreed)]
    [InlineData("permessage-deflate; server_max_window_bits=15", Agreed + "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=\"15\"", Agreed + "; server_max_window_bits=15")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate", Agreed)]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate", Agreed)]
    public void SK2_the_first_offer_that_can_be_kept_is_answered(string offers, string answer) =>
        Assert.Equal(answer, Handshake.NegotiateDeflate(offers));

    [Theory, Trait("spec", "SK2")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=08")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate;")]
    public void SK2_an_offer_that_cannot_be_kept_is_passed_over(string? offers) => Assert.Null(Handshake.NegotiateDeflate(offers));
}
