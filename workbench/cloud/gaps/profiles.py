"""Instance profiles: lists their tags, which the provider requests for a profile that is returned without tags."""

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse


def list_instance_profile_tags(self: IamResponse) -> ActionResult:
    """Return all tags together: AWS allows 50 to a profile."""
    profile = self.backend.get_instance_profile(profile_name=self._get_param("InstanceProfileName"))
    return ActionResult({"Tags": profile.tags, "IsTruncated": False})


IamResponse.list_instance_profile_tags = list_instance_profile_tags  # type: ignore[attr-defined]  # new in moto
